"""What the bundled study must show: post V's claim on real faces, and the quality that it rests on."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.scores import cycle_errors, registry
from core.scores.asked import seen_as_asked, vectors_as_asked
from core.scores.board import COUNT, SEEDS, Scorer, has_gaps
from core.scores.entries import RECONSTRUCTIONS, REFERENCES, entries_of, has_strategy
from core.scores.excess import excess_scores
from core.scores.judges import Judges
from core.scores.liar_table import REAL, read_liars
from core.scores.rows import KEYS, left_out, read_scores
from core.scores.table import board
from core.sources.celeba import CELEBA_ATTRIBUTES
from core.space.sample import draw_reference, draw_sample
from core.statistics import cube_radius
from core.strategies import ANYONE, Diffusion, Recipe, make_strategy, stream
from core.study import Study, open_study
from core.study.attributes import load_attributes
from core.study.describing import describe_study
from core.study.fits import fit_strategy

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]


@pytest.fixture(scope="module")
def normalised(bundled: Study) -> Study:
    """Return the second bundled study, trained with batch normalisation."""
    return open_study(bundled.folder.with_name("celeba-batchnorm"))


@pytest.fixture(scope="module")
def variational(bundled: Study) -> Study:
    """Return the third bundled study, of a variational autoencoder."""
    return open_study(bundled.folder.with_name("celeba-vae"))


@pytest.fixture(params=["bundled", "normalised", "variational"])
def each(request: pytest.FixtureRequest) -> Study:
    """Each of the bundled studies."""
    study: Study = request.getfixturevalue(request.param)
    return study


@pytest.fixture(scope="module")
def errors(bundled: Study) -> dict[str, float]:
    """Return the mean cycle error of 512 vectors each, seed 0."""
    description = describe_study(bundled)
    samples = {"reference": draw_reference(bundled, description, 512, 0)}
    for key in ("cube", "mvn"):
        samples[key] = draw_sample(bundled, description, make_strategy(key), 512, 0)
    autoencoder, widths = bundled.load_autoencoder(), description.moments.widths
    return {name: float(cycle_errors(autoencoder, s.vectors, widths).mean()) for name, s in samples.items()}


def test_uniform_vectors_miss_the_place_of_faces_though_their_radii_match(errors: dict[str, float]) -> None:
    assert errors["cube"] >= 3 * errors["reference"]


def test_one_normal_law_with_all_correlations_hits_it(errors: dict[str, float]) -> None:
    assert errors["mvn"] <= 2.5 * errors["reference"]


def test_the_validation_error_is_small_and_has_flattened(bundled: Study) -> None:
    validation = bundled.rows.loc[bundled.rows["partition"] == "validation", "reconstruction_error"].mean()
    losses = [epoch.validation_loss for epoch in bundled.training.history]
    assert validation <= 0.0038
    assert losses[-1] >= 0.98 * losses[-4]


def test_it_holds_all_images_with_partitions_and_attributes(bundled: Study) -> None:
    assert len(bundled) == 30_000
    assert bundled.rows["partition"].value_counts().to_dict() == {"train": 27_000, "validation": 3_000}
    assert bundled.attributes == CELEBA_ATTRIBUTES
    assert bundled.rows["image"].str.fullmatch(r"\d{6}\.jpg").all()


def test_each_is_small_and_holds_no_photograph(each: Study) -> None:
    files = {str(f.relative_to(each.folder)): f.stat().st_size for f in each.folder.rglob("*") if f.is_file()}
    assert sum(files.values()) <= (46e6 if each.posteriors is None else 56e6)
    assert max(size for name, size in files.items() if name.startswith("fits/")) <= 4e6
    assert set(files) == {
        *(() if each.posteriors is None else ("log_variances.npy",)),
        *(("liars.csv", "memorising.csv") if each.name == "celeba" else ()),
        "study.json",
        "weights.safetensors",
        "latents.npy",
        "rows.parquet",
        "statistics.npz",
        "umap.npz",
        "attributes.safetensors" if each.name == "celeba" else "attributes.sha256",
        "scores.csv",
        "fits/copula.npz",
        "fits/mixture_components=10.npz",
        "fits/diffusion.npz",
        next(name for name in files if re.fullmatch(r"fits/diffusion_[0-9a-f]{16}\.npz", name)),
        "fits/flow.npz",
        next(name for name in files if re.fullmatch(r"fits/flow_[0-9a-f]{16}\.npz", name)),
    }


def test_the_attribute_network_of_each_beats_the_majority_vote(each: Study) -> None:
    attributes = load_attributes(each)
    assert attributes is not None
    assert attributes.names == CELEBA_ATTRIBUTES
    assert attributes.accuracies.mean() >= 0.88
    assert attributes.majority.mean() == pytest.approx(0.807, abs=0.001)


def test_what_takes_long_to_fit_is_kept_with_each(each: Study) -> None:
    description = describe_study(each)
    for entry in (e for e in entries_of(each) if has_strategy(e) and e.strategy.learned):
        reports: list[float] = []
        fitted = fit_strategy(each, description, entry.make(), reports.append)
        assert reports == []
        assert np.isfinite(fitted.sample(8, stream(0, fitted))).all()


def test_no_law_of_the_mixture_is_a_single_outlier(each: Study) -> None:
    fitted = fit_strategy(each, describe_study(each), make_strategy("mixture"))
    assert len(fitted.weights_) == 10
    assert fitted.weights_.min() > 0.01


def shipped_scores(study: Study) -> pd.DataFrame:
    """Return the scoreboard that a study ships, by strategy and parameters."""
    table = read_scores(study.folder / "scores.csv")
    assert (table["note"] == "").all()
    assert set(table["count"]) == {COUNT}
    rows = board(table, study.title).set_index(["strategy", "parameters"])
    assert list(rows.index) == [(entry.key, entry.text) for entry in entries_of(study)]
    assert len(table) == SEEDS * len(entries_of(study))
    return rows


@pytest.fixture
def scores(each: Study) -> pd.DataFrame:
    """Return the scoreboard of each study."""
    return shipped_scores(each)


@pytest.mark.parametrize(("name", "limit"), [("bundled", 0.05), ("normalised", 0.10)])
def test_post_v_in_numbers_simple_random_vectors_do_not_decode_to_faces(
    request: pytest.FixtureRequest, name: str, limit: float
) -> None:
    scores = shipped_scores(request.getfixturevalue(name))
    assert (scores.loc["cube", "faces"] <= limit).all()
    assert (scores.loc["standard_normal", "faces"] <= limit).all()
    assert (scores.loc[("interval", "k=2,centre=origin"), "faces"] <= limit).all()
    assert (scores.loc[("interval", "k=1,centre=origin"), "faces"] <= 0.08 + limit - 0.05).all()


def test_a_variational_autoencoder_brings_the_bulk_to_where_simple_random_vectors_are(variational: Study) -> None:
    scores = shipped_scores(variational)
    rate, law = scores.loc["reconstructions", "faces"].iloc[0], scores.loc["standard_normal"].iloc[0]
    assert law["faces"] >= 0.3  # 0.007 where there is no such term
    assert law["in_bulk"] >= 0.7  # 0 there
    assert (law["verdict"] == "faces") == (law["faces"] >= 0.85 * rate)


def test_laws_that_know_the_correlations_decode_to_faces(scores: pd.DataFrame) -> None:
    decoder = float(scores.loc["reconstructions", "faces"].iloc[0])
    for key in ("mvn", "mixture"):
        assert (scores.loc[key, "faces"] >= 0.85).all()
    laws = scores.loc[["mvn", "shell", "copula", "mixture", "local"], "faces"]
    assert laws.max() >= 0.9 * decoder


def test_the_price_of_the_density(each: Study, scores: pd.DataFrame) -> None:
    floor = float(scores.loc["reconstructions", "copied"].iloc[0])
    strategies = scores.drop(list(REFERENCES), level=0)
    assert strategies["frechet_ratio"].min() <= 1.10
    original = strategies[strategies["copied"] <= floor + 0.05]
    assert original["frechet_ratio"].min() <= 1.12
    assert original[original["faces"] >= 0.85]["frechet_ratio"].min() <= (
        1.05 if each.name == "celeba-batchnorm" else 1.20
    )


def test_real_vectors_score_at_the_floor(each: Study, scores: pd.DataFrame) -> None:
    floor = scores.loc["reconstructions"].iloc[0]
    assert 0.47 <= floor["c2st"] <= 0.53
    assert 0.98 <= floor["in_bulk"] <= 1.0
    assert floor["density"] == pytest.approx(1.0, abs=0.1 if each.posteriors is None else 0.15)
    assert floor["frechet_ratio"] == pytest.approx(1.0, abs=0.03)


def test_a_board_that_ships_lacks_nothing_that_can_be_had(each: Study) -> None:
    path = each.folder / "scores.csv"
    assert left_out(path) == []
    assert not has_gaps(read_scores(path), entries_of(each), Judges(each, network=True), seeds=SEEDS)


def test_the_data_are_exact_copies_and_are_told_from_unseen_vectors_by_nothing_else(scores: pd.DataFrame) -> None:
    copies, unseen = scores.loc["data"].iloc[0], scores.loc["reconstructions"].iloc[0]
    assert (copies["copied"], copies["nearer"]) == (1.0, 1.0)
    assert copies["verdict"] == "near-copies"
    assert unseen["nearer"] == pytest.approx(0.5, abs=0.03)
    for score in excess_scores():
        assert copies[score.key] == pytest.approx(0, abs=0.1)


def test_a_learned_density_comes_nearer_than_any_strategy_that_does_not_copy(each: Study, scores: pd.DataFrame) -> None:
    learned, floor = scores.loc["diffusion"].iloc[0], scores.loc["reconstructions"].iloc[0]
    others = scores.drop([*REFERENCES, "diffusion"], level=0)
    others = others[others["copied"] <= floor["copied"] + 0.05]
    most = 0.35 if each.name == "celeba" else 0.5
    for score in excess_scores():
        assert learned[score.key] <= most, score.key
        assert learned[score.key] < others[score.key].min(), score.key
    assert learned["in_bulk"] >= 0.95
    assert learned["faces"] >= 0.98 * floor["faces"]
    assert learned["diversity"] >= (0.92 if each.name == "celeba" else 0.9)
    assert learned["copied"] <= floor["copied"] + 0.05
    assert learned["verdict"] == "faces"
    if each.name == "celeba":
        assert learned["frechet_ratio"] <= 1.12


def test_it_draws_those_that_it_is_asked_for_nearly_as_often_as_such_data_are_seen_to_be(bundled: Study) -> None:
    attributes, autoencoder = load_attributes(bundled), bundled.load_autoencoder()
    assert attributes is not None
    drawn = fit_strategy(bundled, describe_study(bundled), Diffusion())

    def seen(asked: str, wish: str) -> float:
        vectors = drawn.set_params(asked=asked).sample(400, seed=0)
        return seen_as_asked(attributes, autoencoder, vectors, wish) or 0

    for wish in ("Smiling", "Male", "-Male", "Blond_Hair"):
        real = seen_as_asked(attributes, autoencoder, vectors_as_asked(bundled, wish, 400), wish)
        assert seen(wish, wish) > 0.85 * (real or 1) > seen(ANYONE, wish), wish
    assert seen("Eyeglasses", "Eyeglasses") > 5 * seen(ANYONE, "Eyeglasses")  # of few is it seen, decoded


def test_it_finds_unseen_vectors_likelier_than_any_other_law(each: Study) -> None:
    table = read_scores(each.folder / "scores.csv").set_index(["strategy", "seed"])["log_likelihood"]
    for other in ("standard_normal", "gaussian", "mvn", "t", "mixture"):
        gains = table["diffusion"] - table[other]
        assert (gains > (0.05 if each.posteriors is None else 0.02)).all(), other


def test_a_flow_whose_density_is_exact_finds_them_likelier_than_any_law_that_is_not_learned(each: Study) -> None:
    table = read_scores(each.folder / "scores.csv").set_index(["strategy", "seed"])["log_likelihood"]
    for other in ("standard_normal", "gaussian", "mvn", "t", "mixture"):
        assert (table["flow"] - table[other] > (0.05 if each.posteriors is None else 0.02)).all(), other


def test_every_liar_is_caught_and_real_vectors_pass(bundled: Study) -> None:
    table = read_liars(bundled.folder / "liars.csv")
    assert table is not None
    real, liars = table[table["liar"] == REAL].iloc[0], table[table["liar"] != REAL]
    assert real["samples"] - real["caught"] >= 19
    assert len(liars) == 11
    assert "Eyeglasses" in liars["title"].iloc[-1]
    assert (liars["caught"] == liars["samples"]).all()
    assert set(table["count"]) == {COUNT}


def test_people_that_nobody_trained_on_are_as_near_as_unseen_images_of_others(scores: pd.DataFrame) -> None:
    people = scores.loc["held_out"].iloc[0]
    assert people["verdict"] == "faces"
    for score in excess_scores():
        assert people[score.key] == pytest.approx(0, abs=0.1), score.key


def test_local_normals_of_broken_pictures_are_no_faces(scores: pd.DataFrame) -> None:
    assert scores.loc[("local", "k=20,spread=1.8"), "verdict"] not in ("faces", "some faces")


def test_reference_rows_scatter_as_draws_of_2000_do(each: Study) -> None:
    """Not at all is what a row shows that holds the same vectors in every sample, or those it is held against."""
    found = read_scores(each.folder / "scores.csv").set_index("strategy").loc["reconstructions"]
    spread = []
    for score in ("copied", "faces"):
        chance = np.sqrt(found[score].mean() * (1 - found[score].mean()) / COUNT)
        spread.append(found[score].std(ddof=1) / chance)
    assert 0.1 < max(spread) < 2.5
    ratios = found["frechet_ratio"]
    assert (np.abs(ratios - 1) > 1e-6).all()
    assert ratios.mean() == pytest.approx(1, abs=0.03)
    assert (found["attribute_gap"] > 0.001).all()


def test_the_floor_computed_anew_is_the_one_that_ships(bundled: Study) -> None:
    copied = next(score for score in registry.SCORES if score.key == "copied")
    shipped = read_scores(bundled.folder / "scores.csv").set_index(list(KEYS))
    scorer = Scorer(bundled, None)
    for seed in range(SEEDS):
        found = scorer.score(RECONSTRUCTIONS, COUNT, seed, [copied])
        assert found == {"copied": pytest.approx(shipped.loc[("reconstructions", "", COUNT, seed), "copied"], abs=1e-3)}


def test_a_row_computed_anew_is_the_one_that_ships(bundled: Study) -> None:
    """Scores of vectors and of features; finding 2,000 faces, cycling and decoding originals takes too long here."""
    entry = Recipe.of("local")
    slow = ("faces", "frechet_ratio", "attribute_gap", "cycle_error", "copied_pictures", "nearer_pictures")
    scores = [score for score in registry.SCORES if score.key not in slow]
    anew = Scorer(bundled, load_attributes(bundled)).score(entry, COUNT, 0, scores)
    shipped = read_scores(bundled.folder / "scores.csv").set_index(list(KEYS)).loc[(entry.key, entry.text, COUNT, 0)]
    assert len(anew) >= len(scores)
    for key, value in anew.items():
        # on another machine an image or two of 2,000 may fall on the other side
        assert value == pytest.approx(shipped[key], rel=2e-3, abs=2e-3, nan_ok=True), key


def test_all_studies_saw_the_same_images_and_two_were_trained_alike(bundled: Study, each: Study) -> None:
    assert each.source == bundled.source
    pd.testing.assert_frame_equal(each.rows[["image", "partition"]], bundled.rows[["image", "partition"]])
    if each.posteriors is None:
        assert each.training.config == bundled.training.config
        assert replace(each.config, batch_normalisation=False) == bundled.config
    else:
        assert (each.config.filters, each.config.latent_size) == (bundled.config.filters, bundled.config.latent_size)


def test_the_variational_bulk_lies_about_the_origin_as_wide_as_the_prior(variational: Study) -> None:
    description = describe_study(variational)
    assert description.mean_radius == pytest.approx(np.sqrt(variational.dimension), rel=0.05)
    assert np.linalg.norm(description.moments.mean) < 0.2 * description.mean_radius
    assert variational.posteriors is not None
    assert variational.posteriors.collapsed.mean() < 0.05


def test_batch_normalisation_leaves_the_error_and_moves_the_bulk(bundled: Study, normalised: Study) -> None:
    errors = [s.rows.groupby("partition")["reconstruction_error"].mean()["validation"] for s in (bundled, normalised)]
    assert errors[1] == pytest.approx(errors[0], rel=0.02)
    plain, moved = describe_study(bundled), describe_study(normalised)
    assert moved.mean_radius > 5 * plain.mean_radius
    assert (plain.distances < plain.origin_distance).mean() > 0.99  # the origin lies outside
    assert (moved.distances < moved.origin_distance).mean() < 0.5  # and inside


def test_its_latents_are_what_its_encoder_makes_of_its_own_reconstructions_nearby(bundled: Study) -> None:
    description = describe_study(bundled)
    vectors = np.asarray(bundled.latents[:64], np.float32)
    again = bundled.load_autoencoder().cycle(vectors)
    distances = np.linalg.norm(again - vectors, axis=1)
    strangers = np.linalg.norm(again - np.roll(vectors, 1, axis=0), axis=1)
    assert (distances < strangers).all()
    assert np.median(distances) < 0.3 * description.mean_radius


def test_the_matched_cube_has_the_radius_of_the_study(bundled: Study) -> None:
    description = describe_study(bundled)
    cube = make_strategy("cube").fit(bundled.latents, description)
    assert cube_radius(cube.half_width_, bundled.dimension)[0] == pytest.approx(description.mean_radius, rel=1e-3)


def test_the_recipe_of_make_train_is_the_one_in_the_study(bundled: Study) -> None:
    described = json.loads((bundled.folder / "study.json").read_text())
    assert described["training"]["config"]["epochs"] == len(described["training"]["history"])
    makefile = (bundled.folder.parents[1] / "Makefile").read_text()
    assert f"EPOCHS = {described['training']['config']['epochs']}\n" in makefile
