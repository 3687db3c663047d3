"""Build the table of words that Pixkin suggests for groups.

Reads WordNet 3.0 (Debian's package ``wordnet-base``) and a table of the network's 1,000 classes in
the order of its outputs (columns ``wordnet_id`` and ``name``), and writes one small table: a word
for each class, and the broader words above it.

    python tools/build_words.py CLASSES.csv [/usr/share/wordnet/data.noun]
"""

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src" / "pixkin" / "words.tsv"

HEADER = """\
# Words for the 1,000 classes of the default network, in the order of its outputs, and then the
# broader words above them: WordNet id, word, and the ids of the next broader words.
# Made by tools/build_words.py from WordNet 3.0, Copyright 2006 by Princeton University. All rights
# reserved. Used under the WordNet license: https://wordnet.princeton.edu/license-and-commercial-use
"""

IS_A = {"@", "@i"}
MOST_CLASSES = 400
"""A word for more than these says nothing of a group."""
NOBODY_SAYS = """
artifact article block carnivore chordate commodity construction conveyance covering craft
device durables entity equipment even-toed_ungulate fabric fixture game_bird implement
instrument instrumentality living_thing machine matter mechanical_device mechanism
merchandise object odd-toed_ungulate organism passerine physical_entity placental
protective_covering public_transport restraint self-propelled_vehicle solid substance
support system thing ungulate unit vascular_plant vertebrate way wheeled_vehicle whole
worker aquatic_vertebrate causal_agent body_part plant_part plant_organ natural_object
geological_formation foodstuff nutriment starches diapsid anapsid barrier consumer_goods
attire garment measuring_instrument electronic_equipment computer_circuit hand_tool
opening enclosure surface creation mass domestic_animal aquatic_mammal arthropod
invertebrate lamp source_of_illumination abstraction part structure supporting_structure
framework obstruction piece_of_cloth furnishing gear game_equipment control container
vessel
"""
"""Steps of the hierarchy that are no words for a heap of photos."""

Synsets = dict[str, tuple[str, list[str]]]
"""By id: the first word, and the ids above."""


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("classes", type=Path)
    parser.add_argument("nouns", type=Path, nargs="?", default=Path("/usr/share/wordnet/data.noun"))
    options = parser.parse_args()
    with options.classes.open(encoding="utf-8", newline="") as stream:
        classes = {row["wordnet_id"]: row["name"] for row in csv.DictReader(stream)}
    TARGET.write_text(HEADER + "".join(lines(classes, read_nouns(options.nouns))), encoding="utf-8")


def read_nouns(path: Path) -> Synsets:
    """Read WordNet's ``data.noun`` (its form: wndb(5WN))."""
    found = {}
    for line in path.read_text(encoding="latin-1").splitlines():
        if line.startswith(" "):
            continue
        fields = line.partition(" | ")[0].split()
        n_words = int(fields[3], 16)
        pointers = fields[5 + 2 * n_words :]
        above = [pointers[i + 1] for i in range(0, len(pointers) - 3, 4) if pointers[i] in IS_A]
        found[f"n{fields[0]}"] = (fields[4], [f"n{number}" for number in above])
    return found


def lines(classes: dict[str, str], synsets: Synsets) -> Iterator[str]:
    """Give a line for each class and for each broader word that is worth saying."""
    below: dict[str, set[str]] = {}
    for number in classes:
        for broader in _all_above(number, synsets):
            below.setdefault(broader, set()).add(number)
    kept = {
        number
        for number, members in below.items()
        if 1 < len(members) <= MOST_CLASSES and synsets[number][0] not in NOBODY_SAYS.split()
    }
    # Of a chain that never branches, the lowest word says all.
    narrowest: dict[frozenset[str], str] = {}
    for number in sorted(kept, key=lambda number: -len(_all_above(number, synsets))):
        narrowest.setdefault(frozenset(below[number]), number)
    kept = set(narrowest.values())
    for number in [*classes, *sorted(kept - classes.keys())]:
        word = classes.get(number, synsets[number][0]).replace("_", " ")
        yield f"{number}\t{word}\t{' '.join(_next_above(number, synsets, kept))}\n"


def _all_above(number: str, synsets: Synsets) -> set[str]:
    above: set[str] = set()
    waiting = [number]
    while waiting:
        for broader in synsets[waiting.pop()][1]:
            if broader not in above:
                above.add(broader)
                waiting.append(broader)
    return above


def _next_above(number: str, synsets: Synsets, kept: set[str]) -> list[str]:
    """Give the nearest words above that are kept, those above others left out."""
    found = _all_above(number, synsets) & kept - {number}
    covered = set().union(*(_all_above(other, synsets) for other in found)) if found else set()
    return sorted(found - covered)


if __name__ == "__main__":
    main()
