"""The scikit-learn face: what a user of Pipeline and GridSearchCV counts on."""

import pickle
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.io import imread_collection
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import pixkin
from pixkin.errors import BadFilesError, NothingToClusterError, PathError, SettingError
from pixkin.estimators import GraphClusterer, ImageClusterer, ImageEncoder, ImageReader

Drawn = Callable[..., Path]
ALL = [GraphClusterer(), ImageClusterer(), ImageEncoder(), ImageReader()]


@pytest.fixture
def folder(drawn: Drawn, tmp_path: Path) -> Path:
    return drawn(tmp_path / "pictures")


def kinds(folder: Path) -> list[str]:
    return [path.parent.name for path in pictures(folder)]


def pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*/*") if path.is_file())


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks([GraphClusterer()])
def test_graph_clusterer_passes_the_checks_of_scikit_learn(estimator, check) -> None:
    check(estimator)


@pytest.mark.parametrize("estimator", ALL, ids=lambda estimator: type(estimator).__name__)
def test_estimators_are_cloned_with_their_parameters(estimator) -> None:
    changed = clone(estimator)
    name = sorted(estimator.get_params())[0]
    changed.set_params(**{name: "other"})

    assert clone(changed).get_params() == changed.get_params() != estimator.get_params()


@pytest.mark.parametrize("estimator", ALL, ids=lambda estimator: type(estimator).__name__)
def test_estimators_keep_their_arguments_unchecked_until_fit(estimator) -> None:
    assert type(estimator)(**estimator.get_params()).get_params() == estimator.get_params()


def test_the_recipe_runs_as_one_pipeline_on_a_pattern(folder: Path) -> None:
    recipe = make_pipeline(
        ImageReader(size=16), StandardScaler(), PCA(2), KMeans(4, random_state=0, n_init=10)
    )
    labels = recipe.fit(f"{folder}/*/*").steps[-1][1].labels_

    assert labels.shape == (24,)
    assert adjusted_rand_score(kinds(folder), labels) > 0.5


def test_a_fitted_pipeline_survives_pickling(folder: Path) -> None:
    recipe = make_pipeline(ImageEncoder("color"), KMeans(4, random_state=0, n_init=3))
    recipe.fit(f"{folder}/*/*")
    again = pickle.loads(pickle.dumps(recipe))

    assert (again.predict(f"{folder}/*/*") == recipe.predict(f"{folder}/*/*")).all()


def test_grid_search_chooses_among_sizes(folder: Path) -> None:
    recipe = make_pipeline(ImageReader(), PCA(2), KMeans(2, random_state=0, n_init=2))
    search = GridSearchCV(recipe, {"imagereader__size": [4, 8]}, cv=2)
    search.fit([str(path) for path in pictures(folder)])

    assert search.best_params_["imagereader__size"] in {4, 8}
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_paths_pattern_folder_and_arrays_give_the_same_rows(folder: Path) -> None:
    paths = [path for path in pictures(folder) if path.suffix == ".png"]
    arrays = [np.asarray(Image.open(path).convert("RGB")) for path in paths]
    reader = ImageReader(size=8)
    expected = reader.fit_transform(paths)

    assert (reader.fit_transform([str(path) for path in paths]) == expected).all()
    assert (reader.fit_transform(np.array([str(path) for path in paths])) == expected).all()
    assert (reader.fit_transform(f"{folder}/*/*.png") == expected).all()
    assert (reader.fit_transform(arrays) == expected).all()
    assert (reader.fit_transform(np.stack(arrays)) == expected).all()
    assert reader.fit_transform(folder).shape == (24, 192)


@pytest.mark.parametrize(
    ("size", "largest", "mean"), [(64, 0, 0), (32, 0, 0), (16, 16, 2), (8, 16, 2)]
)
def test_rows_of_jpegs_are_nearly_those_of_the_collection_of_scikit_image(
    size: int, largest: int, mean: int, drawn: Drawn, tmp_path: Path
) -> None:
    folder = drawn(tmp_path / "large", n_per_kind=1, kinds=6, size=(400, 400))
    collection = imread_collection(f"{folder}/*/*.jpg")
    reader = ImageReader(size=size)
    difference = abs(reader.fit_transform(collection) - reader.fit_transform(collection.files))

    assert difference.shape == (6, size * size * 3)
    assert difference.max() <= largest
    assert difference.mean() <= mean


def test_arrays_of_different_sizes_and_grey_ones_are_taken() -> None:
    arrays = [np.zeros((5, 9), np.uint8), np.full((7, 3, 3), 255, np.uint8)]
    rows = ImageReader(size=2).fit_transform(arrays)

    assert rows.tolist() == [[0.0] * 12, [255.0] * 12]


def test_gray_gives_one_number_per_pixel() -> None:
    rows = ImageReader(size=3, gray=True).fit_transform(np.full((2, 4, 4, 3), 100, np.uint8))

    assert rows.shape == (2, 9)
    assert rows == pytest.approx(100, abs=0.01)


@pytest.mark.parametrize("X", [np.zeros((4, 4)), 7, np.zeros((2, 4, 4, 3, 1))])
def test_what_is_no_pictures_is_refused_with_what_is_taken(X) -> None:
    with pytest.raises(PathError, match="it takes paths, a folder, a pattern"):
        ImageReader().fit_transform(X)


def test_an_array_out_of_range_is_refused_once_with_what_to_do() -> None:
    digits = load_digits().images
    with pytest.raises(PathError) as caught:
        ImageReader(size=8).fit_transform(digits)

    assert str(caught.value) == (
        "X: has float64 values from 0 to 16, where 0 to 1 is allowed; bring all pictures to 0 to 1 "
        "alike, with X / X.max()."
    )
    rows = ImageReader(size=8, gray=True).fit_transform(digits / digits.max())
    assert rows.shape == (1797, 64)
    assert rows == pytest.approx(digits.reshape(1797, 64) / 16 * 255, abs=0.6)


def test_one_picture_of_an_array_that_is_not_finite_is_one_that_cannot_be_read() -> None:
    arrays = np.zeros((3, 4, 4))
    arrays[1, 0, 0] = np.nan
    with pytest.raises(BadFilesError, match=r"1 of 3 .*\n.*array 1: values that are infinite"):
        ImageReader().fit_transform(arrays)


def test_a_list_may_hold_patterns_and_folders_in_any_order(folder: Path) -> None:
    reader = ImageReader(size=8)
    mixed = [f"{folder}/rings/*.png", folder / "balls" / "2.jpg", str(folder / "grass")]
    expected = [
        *sorted((folder / "rings").glob("*.png")),
        folder / "balls" / "2.jpg",
        *sorted((folder / "grass").iterdir()),
    ]

    assert len(expected) == 3 + 1 + 6
    assert (reader.fit_transform(mixed) == reader.fit_transform(expected)).all()


def test_a_pattern_in_a_list_that_nothing_fits_is_a_file_that_cannot_be_read(folder: Path) -> None:
    (folder / "empty").mkdir()
    gone = [folder / "holiday [2].jpg", folder / "empty"]
    clusterer = ImageClusterer(encoder="color").fit([gone[0], *pictures(folder), gone[1]])

    assert [item.path for item in clusterer.skipped_] == ["holiday [2].jpg", "empty"]
    assert np.flatnonzero(clusterer.labels_ == -1).tolist() == [0, 25]


def test_transformers_name_every_bad_file_in_one_error(folder: Path) -> None:
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more")
    (folder / "notes.jpg").write_text("not a picture")
    with pytest.raises(BadFilesError) as caught:
        ImageEncoder("color").fit_transform(folder)

    assert sorted(Path(item.path).name for item in caught.value.skipped) == [
        "broken.jpg",
        "notes.jpg",
    ]
    assert "broken.jpg" in str(caught.value)
    assert "notes.jpg" in str(caught.value)


def test_feature_names_count_the_features() -> None:
    names = ImageReader(size=2).fit([]).get_feature_names_out()

    assert list(names[:2]) == ["imagereader0", "imagereader1"]
    assert len(names) == 12


def test_image_clusterer_finds_the_kinds(folder: Path) -> None:
    clusterer = ImageClusterer(n_clusters=4).fit(folder)

    assert adjusted_rand_score(kinds(folder), clusterer.labels_) > 0.9
    assert clusterer.n_clusters_ == 4
    assert clusterer.vectors_.shape == (24, 6944)
    assert clusterer.embedding_.shape == (24, 2)


def test_image_clusterer_agrees_with_cluster(folder: Path, tmp_path: Path) -> None:
    result = pixkin.cluster(folder, library=tmp_path / "library", n_clusters=3)
    labels = ImageClusterer(n_clusters=3).fit_predict([str(path) for path in result.paths])

    assert labels.tolist() == result.labels_.tolist()


def test_image_clusterer_labels_a_bad_file_minus_one_and_lists_it(folder: Path) -> None:
    paths = pictures(folder)
    broken = folder / "broken.png"
    broken.write_bytes(paths[1].read_bytes()[:200])
    clusterer = ImageClusterer(n_clusters=4).fit([broken, *paths])

    assert clusterer.labels_[0] == -1
    assert (clusterer.labels_[1:] >= 0).all()
    assert np.isnan(clusterer.vectors_[0]).all()
    assert [Path(item.path).name for item in clusterer.skipped_] == ["broken.png"]


def test_the_same_picture_twice_gets_the_same_label(folder: Path) -> None:
    paths = pictures(folder)
    labels = ImageClusterer(n_clusters=4).fit_predict([*paths, paths[0], paths[7]])

    assert labels[24] == labels[0]
    assert labels[25] == labels[7]


def test_predict_puts_new_pictures_into_the_groups(drawn: Drawn, tmp_path: Path) -> None:
    known = drawn(tmp_path / "known", n_per_kind=8)
    clusterer = ImageClusterer(n_clusters=4).fit(known)
    new = tmp_path / "new"
    for path in pictures(known)[::3]:
        target = new / path.parent.name / f"{path.stem}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        image = Image.open(path).convert("RGB")
        image.crop((3, 2, image.width - 2, image.height - 3)).save(target)
    labels = clusterer.predict(new)
    group_of = dict(zip(kinds(known), clusterer.labels_, strict=True))

    assert labels.tolist() == [group_of[kind] for kind in kinds(new)]


@pytest.mark.parametrize("encoder", ["color", "efficientnet-lite0"])
def test_predict_gives_known_pictures_their_own_label(folder: Path, encoder: str) -> None:
    clusterer = ImageClusterer(n_clusters=5, encoder=encoder).fit(folder)

    assert (clusterer.predict(folder) == clusterer.labels_).all()


def test_predict_warns_of_what_it_cannot_read(folder: Path) -> None:
    clusterer = ImageClusterer(encoder="color", n_clusters=2).fit(folder)
    (folder / "notes.jpg").write_text("not a picture")
    with pytest.warns(UserWarning, match=r"1 of 25 pictures cannot be read .*notes\.jpg"):
        labels = clusterer.predict(folder)

    assert (labels == -1).sum() == 1


@pytest.mark.parametrize("encoder", ["color", "efficientnet-lite0"])
def test_a_fitted_clusterer_survives_pickling(folder: Path, encoder: str) -> None:
    clusterer = ImageClusterer(encoder=encoder, n_clusters=3).fit(folder)
    again = pickle.loads(pickle.dumps(clusterer))

    assert (again.predict(folder) == clusterer.labels_).all()


@pytest.mark.parametrize("n", [1, 2, 3])
def test_very_few_pictures_are_grouped_without_a_warning(folder: Path, n: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        labels = ImageClusterer(encoder="color").fit_predict(pictures(folder)[:n])

    assert labels.tolist() == [0] * n


def test_nothing_readable_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a picture")
    with pytest.raises(NothingToClusterError, match=r"notes\.txt: its content is no") as caught:
        ImageClusterer().fit(tmp_path)

    assert [item.path for item in caught.value.skipped] == ["notes.txt"]


def test_more_groups_than_pictures_are_refused(folder: Path) -> None:
    with pytest.raises(SettingError, match="at most 24, the number of distinct pictures"):
        ImageClusterer(n_clusters=25, encoder="color").fit(folder)


def test_settings_out_of_range_are_refused_at_fit() -> None:
    with pytest.raises(SettingError, match="n_neighbors must be"):
        GraphClusterer(n_neighbors=0).fit(np.eye(5))


def test_defaults_are_those_of_the_settings() -> None:
    settings = pixkin.Settings()
    for estimator in (ImageClusterer(), GraphClusterer(), ImageEncoder()):
        parameters = estimator.get_params()

        assert parameters == {name: getattr(settings, name) for name in parameters}


def test_the_estimators_leave_no_library_behind(folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    ImageClusterer(encoder="color").fit(folder)

    assert sorted(folder.rglob("*")) == before
