"""Splink on DuckDB over the same records: trained on them and asked for pairs, as its guide has it.

It is given the records cleaned (normal names, jamo, digits), which its time does not contain while
ours does; and the same blocks, over the same columns.
"""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

LOWEST = 0.01
"""Pairs less likely than this are not asked for."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What came out: pairs of positions with their probability, and how long it took."""

    pairs: list[tuple[int, int, float]]
    seconds: float
    training: float


def korean(table: Any) -> Scored:
    """The generator's people. `table` is a data frame with the columns named below."""
    comparisons = [
        cl.LevenshteinAtThresholds("jamo", [1, 2]).configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("born", [1, 2]),
        cl.ExactMatch("sex"),
        cl.LevenshteinAtThresholds("phone", [1, 2]),
        cl.LevenshteinAtThresholds("place", [1, 3]),
        cl.LevenshteinAtThresholds("number", [1]),
    ]
    blocks = [
        block_on("number"),
        block_on("phone"),
        block_on("born", "initials"),
        block_on("jamo", "year"),
        block_on("jamo", "area"),
        block_on("born", "area"),
    ]
    certain = [block_on("number"), block_on("jamo", "born", "phone")]
    return _scored(table, comparisons, blocks, certain, [block_on("born"), block_on("phone")])


def febrl(table: Any, keys: Sequence[Sequence[str]], *, all_columns: bool = False) -> Scored:
    """A FEBRL set, compared as the examples of Splink's own guide compare them.

    With `all_columns` what they leave out is compared, too, and names the other way round.
    """
    names = [
        cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
        cl.NameComparison("surname").configure(term_frequency_adjustments=True),
    ]
    comparisons = [
        cl.LevenshteinAtThresholds("born", [1, 2]),
        cl.LevenshteinAtThresholds("number", [1, 2]),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
    ]
    if all_columns:
        table = table.assign(names=_both(table))
        names = [
            cl.ForenameSurnameComparison(
                "given_name", "surname", forename_surname_concat_col_name="names"
            )
        ]
        comparisons += [
            cl.LevenshteinAtThresholds("place", [1, 4]).configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("quarter", [1, 4]),
            cl.LevenshteinAtThresholds("suburb", [1, 2]).configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("state", [1]),
        ]
    blocks = [block_on(*key) for key in keys]
    certain = [block_on("number"), block_on("given_name", "surname", "born")]
    rounds = [block_on("born"), block_on("surname", "postcode")]
    return _scored(table, [*names, *comparisons], blocks, certain, rounds, all_records=True)


def _both(table: Any) -> list[str | None]:
    pairs = zip(table["given_name"], table["surname"], strict=True)
    return [f"{one} {other}" if one and other else None for one, other in pairs]


def _scored(
    table: Any,
    comparisons: Sequence[Any],
    blocks: Sequence[Any],
    certain: Sequence[Any],
    rounds: Sequence[Any],
    *,
    all_records: bool = False,
) -> Scored:
    with tempfile.TemporaryDirectory(prefix="naru-bench-") as folder:
        connection = duckdb.connect(str(Path(folder) / "splink.db"))
        api = DuckDBAPI(connection)
        began = time.perf_counter()
        settings = SettingsCreator(
            link_type="dedupe_only",
            comparisons=list(comparisons),
            blocking_rules_to_generate_predictions=list(blocks),
            retain_matching_columns=False,
        )
        linker = Linker(api.register(table), settings, log_level=40)
        train = linker.training
        train.estimate_probability_two_random_records_match(list(certain), recall=0.85)
        train.estimate_u_using_random_sampling(max_pairs=1e6, seed=1, min_count_per_level=None)
        part = {"record_sample_proportion": 1.0} if all_records else {}
        for block in rounds:
            train.estimate_parameters_using_expectation_maximisation(block, **part)
        trained = time.perf_counter()
        predicted = linker.inference.predict(threshold_match_probability=LOWEST)
        ended = time.perf_counter()
        columns = "unique_id_l, unique_id_r, match_probability"
        found = connection.sql(f"SELECT {columns} FROM {predicted.physical_name}").fetchall()
        connection.close()
    return Scored(found, ended - began, trained - began)
