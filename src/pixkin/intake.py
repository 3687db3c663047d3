"""Files to vectors in the library, doing only what was never done."""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pixkin.contents import has_usual_name
from pixkin.decode import Limits, rules
from pixkin.embed import Failure, Outcome, PassedOn, Request, Vector, embed
from pixkin.hashed import READ, hashed, why_changed
from pixkin.library.store import Entry, KnownFile, KnownImage, Library, Space
from pixkin.progress import OnProgress, Step
from pixkin.records import File, ImageFacts, Skipped

if TYPE_CHECKING:
    from pixkin.settings import Settings

__all__ = ["Intake", "read"]

THUMBNAIL_PX = 128
BATCH = 256
BATCH_S = 2.0
Known: TypeAlias = Mapping[tuple[str, str], KnownFile]


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of the files.

    Attributes
    ----------
    files : list of File
        Those with a vector, in the order given.
    hashes : list of bytes
        The SHA-256 of each.
    facts : dict of bytes to ImageFacts
        By SHA-256.
    skipped : list of Skipped
    n_encoded : int
        Contents that were decoded and encoded just now.
    """

    files: list[File]
    hashes: list[bytes]
    facts: dict[bytes, ImageFacts]
    skipped: list[Skipped]
    n_encoded: int


@dataclass(frozen=True, slots=True)
class _Key:
    """What is known of a file by the time it reaches a worker; without a hash, the worker finds it.

    That is left to it where no other file is as long, and so none can have the same content.
    """

    index: int
    sha256: bytes | None = None


def read(
    files: Sequence[File],
    library: Library,
    space: Space,
    settings: Settings,
    known: Known,
    on_progress: OnProgress,
    meanwhile: Callable[[], None] = lambda: None,
) -> Intake:
    """See to it that every file's content has its vector in the library.

    A file whose size, time and inode are as before is not opened; a content that is known is not
    decoded. What is done is kept every two seconds, also while nothing comes, and when
    ``on_progress`` raises.

    Parameters
    ----------
    files : sequence of File
    library : Library
        Held for writing.
    space : Space
    settings : Settings
    known : mapping of (str, str) to KnownFile
        What the library knows of files, by root and path.
    on_progress : callable
        Also called while nothing moves; it may raise to cancel.
    meanwhile : callable
        Called in a thread of its own if there is anything to encode.
    """
    job = _Job(files, library, space, settings)
    job.run(known, on_progress, meanwhile)
    return job.result()


class _Job:
    def __init__(
        self, files: Sequence[File], library: Library, space: Space, settings: Settings
    ) -> None:
        self.files, self.library, self.space, self.settings = files, library, space, settings
        self.rules = rules(Limits(max_pixels=int(settings.max_megapixels * 1e6)))
        self.rules += f", {settings.max_seconds:g} s, {settings.max_memory} MB"
        self.rules += f", space {space.space_id}"  # a crash may be the encoder's
        self.images: dict[bytes, KnownImage] = library.known_images(self.rules)
        self.hashes: dict[int, bytes] = {}
        self.file_failures: dict[int, Failure] = {}
        self.failures = {
            sha256: Failure(None, *image.failure)
            for sha256, image in self.images.items()
            if image.failure is not None and sha256 not in space.rows
        }
        self.facts = {
            sha256: image.facts for sha256, image in self.images.items() if image.facts is not None
        }
        self.n_encoded = 0
        self._claimed: set[bytes] = set()
        self._sizes = Counter[int]()
        self._unhashed: list[int] = []
        self._entries: list[Entry] = []
        self._kept = time.monotonic()
        self._done = self._to_do = 0

    def run(self, known: Known, on_progress: OnProgress, meanwhile: Callable[[], None]) -> None:
        pending = [i for i, file in enumerate(self.files) if not self._is_done(i, file, known)]
        if pending:
            self._sizes.update(image.bytes for image in self.images.values())
            self._sizes.update(self.files[i].bytes for i in pending)
        on_progress(Step("read", 0, len(pending)))
        self._beside = threading.Thread(target=meanwhile, daemon=True)
        while pending:
            self._to_do += len(pending)
            self._read(pending, known, on_progress)
            # The file that stood for them could not be read, after they had been passed on.
            pending = [i for i, sha256 in self.hashes.items() if not self._is_settled(sha256)]
            pending, self._unhashed = pending + self._unhashed, []
            self._sizes.clear()  # all that is tried again is hashed first
        if self.n_encoded:
            self._beside.join()

    def _read(self, pending: Sequence[int], known: Known, on_progress: OnProgress) -> None:
        requests = self._requests(pending, known)
        tell = functools.partial(self._tell, on_progress)
        outcomes = embed(requests, self.settings, thumbnail=THUMBNAIL_PX, on_wait=tell)
        try:
            with contextlib.closing(outcomes):
                for outcome in outcomes:
                    self._take(outcome)
                    self._done += 1
                    tell()
        finally:
            self._keep()

    def _tell(self, on_progress: OnProgress) -> None:
        try:
            on_progress(Step("read", self._done, self._to_do))
        except BaseException:
            self._keep()  # first: the pool waits for a file that is being hashed before it closes
            raise
        if len(self._entries) >= BATCH or time.monotonic() - self._kept > BATCH_S:
            self._keep()

    def result(self) -> Intake:
        kept, hashes, skipped = [], [], []
        for i, file in enumerate(self.files):
            sha256 = self.hashes.get(i)
            if sha256 is not None and sha256 in self.space.rows:
                kept.append(file)
                hashes.append(sha256)
                continue
            failure = self.failures[sha256] if sha256 is not None else self.file_failures[i]
            skipped.append(
                Skipped(file.root, file.path, failure.stage, failure.kind, failure.reason)
            )
        facts = {sha256: self.facts[sha256] for sha256 in set(hashes)}
        return Intake(kept, hashes, facts, skipped, self.n_encoded)

    def _is_done(self, i: int, file: File, known: Known) -> bool:
        before = known.get((file.root, file.path))
        if before is None or not before.is_still(file) or not self._is_settled(before.sha256):
            return False
        self.hashes[i] = before.sha256
        return True

    def _is_settled(self, sha256: bytes) -> bool:
        return sha256 in self.space.rows or sha256 in self.failures

    def _requests(
        self, pending: Sequence[int], known: Known
    ) -> Iterator[Request | Failure | PassedOn]:
        """Say what to do with each file. Runs in the pool's threads, one at a time."""
        for i in pending:
            file = self.files[i]
            before = known.get((file.root, file.path))
            is_same = before is not None and before.is_still(file)
            is_alone = self._sizes[file.bytes] == 1 and not self.space.lacking
            if not is_same and is_alone and has_usual_name(file.path):
                self._prepare()
                stat = (file.bytes, file.mtime_ns)
                yield Request(_Key(i), file.full_text, stat, is_hashed=False)
                continue
            looked = before.sha256 if before is not None and is_same else hashed(i, file)
            if isinstance(looked, Failure):
                yield looked
            elif looked in self._claimed or self._is_settled(looked):
                yield PassedOn(_Key(i, looked))
            elif self.space.lacking:
                yield Failure(i, "encode", "refused", self.space.lacking)
            elif changed := why_changed(i, file):
                yield changed
            else:
                self._prepare()
                self._claimed.add(looked)
                yield Request(_Key(i, looked), file.full_text, (file.bytes, file.mtime_ns))

    def _prepare(self) -> None:
        """Begin what runs beside the encoding, now that there is something to encode."""
        if self._beside.ident is None:
            self._beside.start()

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, Failure) and (isinstance(outcome.key, int) or outcome.stage == READ):
            self._give_up(outcome)
            return
        key: _Key = outcome.key
        file, sha256 = self.files[key.index], key.sha256
        if sha256 is None and not isinstance(outcome, PassedOn):
            sha256 = outcome.sha256
        if sha256 is None:
            self._try_hashed(outcome)
            return
        self.hashes[key.index] = sha256
        if isinstance(outcome, Vector):
            self.n_encoded += 1
            self.facts[sha256] = outcome.facts
            told = (outcome.facts, outcome.values, outcome.thumbnail, outcome.measured)
            self._entries.append(Entry(file, sha256, *told))
        elif isinstance(outcome, Failure):
            self.failures[sha256] = outcome
            if outcome.kind != "unreadable":  # that may be over by the next run
                why = (outcome.stage, outcome.kind, outcome.reason)
                self._entries.append(Entry(file, sha256, failure=why))
        else:
            self._entries.append(Entry(file, sha256))

    def _try_hashed(self, outcome: Outcome) -> None:
        """See to a file that its worker could not hash: it is no picture, or the worker died.

        Of what it died may be the content, which is remembered by its hash: so once more.
        """
        if isinstance(outcome, Failure) and outcome.kind == "not-an-image":
            self._give_up(outcome)
        else:
            self._unhashed.append(outcome.key.index)

    def _give_up(self, failure: Failure) -> None:
        """Note a failure that is the file's alone: another with the same bytes may be read."""
        index = failure.key
        if isinstance(index, _Key):
            if index.sha256 is not None:
                self._claimed.discard(index.sha256)
            index = index.index
        self.file_failures[index] = failure
        self.hashes.pop(index, None)

    def _keep(self) -> None:
        entries, self._entries = self._entries, []
        if entries:
            self.library.write(entries, self.space, self.rules)
        self._kept = time.monotonic()
