from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from diti_studio.core import pictures
from diti_studio.core.cancel import CancelToken
from diti_studio.core.edit import Blend, Edit, GroupMove
from diti_studio.core.editor import FORMING_SIDE, MAX_BATCH, Editor, Quality, Settings, Subject, View, result
from diti_studio.core.errors import Cancelled, PictureError, UsageError
from diti_studio.core.packs import Pack
from diti_studio.core.pictures import Picture
from diti_studio.core.runtime import Network
from tests.studio.pack_surgery import change_manifest
from tests.studio.packs_factory import SIZE, make_pack, picture

SETTINGS = Settings(invert_steps=10, steps=5)
UP = [0, 12, 49, 111, 197, 308, 444, 604, 789, 999]
DOWN = [999, 562, 250, 62, 0]
ENOUGH = Settings(20, 20)  # where the toy network rebuilds its pictures well
BRIGHTER = Edit(attributes={"brightness": 2})
ALL_OF_THE_OTHER = Edit(blends=(Blend(start=0, end=8, alpha=1),), blend_noise=1)


def photo(seed: int = 0, side: int = 96) -> Picture:
    return pictures.from_pixels(picture(seed, side))


@pytest.fixture
def subject(editor: Editor) -> Subject:
    return editor.open(photo())


class Counted:
    """A network that notes the time-step and batch of every call of its denoiser."""

    def __init__(self, pack: Pack) -> None:
        self.network = Network(pack, "cpu")
        self.calls = list[tuple[int, int]]()
        denoise = self.network.denoise

        def noted(x: Any, t: int, z: Any) -> Any:
            self.calls.append((t, len(x)))
            return denoise(x, t, z)

        self.network.denoise = noted  # type: ignore[method-assign]

    def taken(self) -> list[tuple[int, int]]:
        """The calls since the last time."""
        calls, self.calls[:] = self.calls.copy(), []
        return calls


@pytest.fixture
def counted(tiny: Pack) -> Counted:
    return Counted(tiny)


def off(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> int:
    """The largest difference in grey levels."""
    return int(np.abs(a.astype(int) - b).max())


# -- opening -----------------------------------------------------------------------------------------------


def test_opening_frames_and_encodes(editor: Editor, subject: Subject) -> None:
    assert np.array_equal(subject.square, picture())
    assert subject.model_square.shape == (SIZE, SIZE, 3)
    assert subject.z.shape == (48,)
    expected = picture().reshape(4, 24, 4, 24, 3).mean(axis=(1, 3)).transpose(2, 0, 1) / 127.5 - 1
    assert np.allclose(subject.z.reshape(3, 4, 4), expected, atol=0.05)
    assert subject.notes == ()


def test_equal_pictures_have_equal_keys(editor: Editor, copied: Path) -> None:
    key = editor.open(photo()).key
    assert editor.open(photo()).key == key
    assert editor.open(photo(1)).key != key
    other = Editor(Pack.open(make_pack(copied.parent / "other")), "cpu")
    assert other.open(photo()).key == key  # the same files under another folder
    assert editor.open(photo(), "40,40,48").key != key


def test_a_frame_may_be_chosen(editor: Editor) -> None:
    subject = editor.open(photo(), "40,44,48")
    assert (subject.frame.cx, subject.frame.cy, subject.frame.size) == (40, 44, 48)
    assert np.array_equal(subject.square, picture()[20:68, 16:64])


def test_what_cannot_be_framed_is_refused(editor: Editor) -> None:
    with pytest.raises(UsageError):
        editor.open(photo(), "sideways")
    with pytest.raises(PictureError):
        editor.open(pictures.from_pixels(picture()[:8, :8]))


def test_notes_of_the_picture_and_the_framing_are_passed_on(editor: Editor) -> None:
    wide = pictures.from_pixels(np.concatenate([picture(), picture(1)], axis=1))
    assert editor.open(wide).notes == ("the picture is not square: its centre is used",)


# -- rendering ---------------------------------------------------------------------------------------------


def test_no_edit_is_the_source_bit_for_bit_and_costs_nothing(counted: Counted, tiny: Pack, tmp_path: Path) -> None:
    editor = Editor(tiny, network=counted.network, cache_folder=tmp_path)
    subject = editor.open(photo())
    views = list(editor.render(subject, Edit(attributes={"smile": 0}), SETTINGS))
    assert [view.final for view in views] == [True]
    assert np.array_equal(views[0].pixels, picture())
    assert counted.taken() == []


def test_an_edit_changes_what_it_says(editor: Editor, subject: Subject) -> None:
    brighter = result(editor.render(subject, BRIGHTER, ENOUGH)).pixels
    darker = result(editor.render(subject, Edit(attributes={"brightness": -2}), ENOUGH)).pixels
    assert brighter.mean() > subject.square.mean() + 10
    assert darker.mean() < subject.square.mean() - 10
    warmer = result(editor.render(subject, Edit(attributes={"warmth": 2}), ENOUGH)).pixels
    change = (warmer.astype(float) - subject.square).mean(axis=(0, 1))
    assert change[0] > 5
    assert change[2] < -1
    assert abs(change[1]) < 0.5


def test_the_sources_own_texture_is_kept(editor: Editor, subject: Subject) -> None:
    out = result(editor.render(subject, Edit(attributes={"brightness": 1}), SETTINGS)).pixels
    assert out.shape == subject.square.shape
    fine, own = (np.diff(p.astype(float), axis=1).ravel() for p in (out, subject.square))
    assert np.corrcoef(fine, own)[0, 1] > 0.95


def test_groups_are_seen_from_their_own_timesteps_on(editor: Editor, subject: Subject) -> None:
    """The first group's dims are red cells, seen at every step; the last one's are blue, seen at the noisiest only."""
    first = Edit(groups=(GroupMove(start=0, end=1, amount=3),))
    last = Edit(groups=(GroupMove(start=7, end=8, amount=60),))
    changes = [
        np.abs(result(editor.render(subject, edit, ENOUGH)).pixels.astype(int) - subject.square).max(axis=(0, 1))
        for edit in (first, last)
    ]
    assert changes[0][0] > 20
    assert changes[1][2] >= 1
    assert [*changes[0][1:], *changes[1][:2]] == [0] * 4


def test_views_tell_how_far_the_work_is(editor: Editor, subject: Subject) -> None:
    views = list(editor.render(subject, BRIGHTER, SETTINGS))
    assert [(v.phase, v.step, v.of, v.t) for v in views] == [
        *[("inverting", i + 1, 10, t) for i, t in enumerate(UP)],
        *[("rendering", i + 1, 5, t) for i, t in enumerate(DOWN)],
    ]
    assert [view.final for view in views] == [False] * 14 + [True]
    assert all(a.seconds <= b.seconds for a, b in pairwise(views))


def test_the_picture_is_seen_forming(editor: Editor) -> None:
    subject = editor.open(photo(side=512))
    views = list(editor.render(subject, BRIGHTER, SETTINGS))
    forming = [view for view in views if view.phase == "rendering"]
    assert [v.pixels.shape[0] for v in forming] == [FORMING_SIDE] * 4 + [512]
    assert forming[0].pixels.mean() > subject.square.mean() + 3
    errors = [np.abs(v.model_pixels.astype(int) - forming[-1].model_pixels).mean() for v in forming]
    assert errors[0] > errors[-2] >= errors[-1] == 0


def test_max_side_bounds_what_is_composed(editor: Editor) -> None:
    subject = editor.open(photo(side=512))
    sides = [v.pixels.shape for v in editor.render(subject, BRIGHTER, SETTINGS, max_side=200) if v.phase == "rendering"]
    assert set(sides) == {(200, 200, 3)}
    (still,) = editor.render(subject, Edit(), SETTINGS, max_side=200)
    assert still.pixels.shape == (200, 200, 3)
    assert still.pixels.mean() == pytest.approx(subject.square.mean(), abs=1)
    whole = result(editor.render(subject, BRIGHTER, SETTINGS, max_side=600))
    assert whole.pixels.shape == (512, 512, 3)


def test_the_networks_own_picture(editor: Editor, subject: Subject) -> None:
    last = result(editor.render(subject, BRIGHTER, ENOUGH, detail="model"))
    assert last.pixels.shape == (SIZE, SIZE, 3)
    assert np.array_equal(last.pixels, last.model_pixels)
    unedited = result(editor.render(subject, Edit(), ENOUGH, detail="model"))
    assert off(unedited.pixels, subject.model_square) < 12
    assert last.pixels.mean() > unedited.pixels.mean() + 10


def test_fidelity_is_the_psnr_of_the_networks_picture(editor: Editor, subject: Subject) -> None:
    last = result(editor.render(subject, Edit(), SETTINGS, detail="model"))
    error = np.mean((last.pixels.astype(float) - subject.model_square) ** 2)
    assert editor.fidelity(subject, SETTINGS) == pytest.approx(10 * np.log10(255**2 / error), abs=0.01)
    assert editor.fidelity(subject) > 27


def test_renders_repeat_bit_for_bit(editor: Editor, subject: Subject) -> None:
    first, second = (result(editor.render(subject, BRIGHTER, SETTINGS)).pixels for _ in range(2))
    assert off(first, second) <= 1  # the first had the unedited picture in its batch


def test_the_picture_forms_the_same_way_each_time(editor: Editor, subject: Subject) -> None:
    first, second = (
        [view.pixels for view in editor.render(subject, BRIGHTER, SETTINGS) if view.phase == "rendering"]
        for _ in range(2)
    )
    assert [off(a, b) <= 1 for a, b in zip(first, second, strict=True)] == [True] * 5


@pytest.mark.parametrize("solver", ["ddim", "dpm++2m"])
def test_both_solvers_and_any_step_counts_work(editor: Editor, subject: Subject, solver: Any) -> None:
    for steps in (5, 7, 20):
        out = result(editor.render(subject, BRIGHTER, Settings(steps, steps, solver)))
        assert out.pixels.mean() > subject.square.mean() + 5


def test_named_qualities(editor: Editor, subject: Subject) -> None:
    views = list(editor.render(subject, BRIGHTER, Quality.PREVIEW))
    assert views[-1].of == len([v for v in views if v.phase == "rendering"])
    assert Quality.PREVIEW.value.steps < Quality.STANDARD.value.steps
    assert Quality.PREVIEW.value.invert_steps == Quality.STANDARD.value.invert_steps  # one inversion serves both


def test_arrays_cannot_be_changed(editor: Editor, subject: Subject) -> None:
    arrays = [subject.square, subject.model_square, subject.z]
    for view in editor.render(subject, BRIGHTER, SETTINGS):
        arrays += [view.pixels, view.model_pixels]
    arrays += [view.pixels for view in editor.render(subject, Edit(), SETTINGS)]
    assert not any(array.flags.writeable for array in arrays)


def test_edits_that_do_not_fit_are_refused_before_any_call(counted: Counted, tiny: Pack, tmp_path: Path) -> None:
    editor = Editor(tiny, network=counted.network, cache_folder=tmp_path)
    subject = editor.open(photo())
    for edit in (
        Edit(attributes={"smlie": 1}),
        Edit(groups=(GroupMove(start=0, end=9, amount=1),)),
        ALL_OF_THE_OTHER,
        Edit(blend_noise=0.5),
    ):
        with pytest.raises(UsageError):
            next(editor.render(subject, edit, SETTINGS))
    for settings in (Settings(0, 5), Settings(10, 1001)):
        with pytest.raises(UsageError):
            list(editor.render(subject, BRIGHTER, settings))
    assert all(t in UP for t, _ in counted.taken())


def test_a_result_needs_a_final_view(editor: Editor, subject: Subject) -> None:
    with pytest.raises(ValueError, match="without a result"):
        result(iter(list[View]()))
    with pytest.raises(ValueError, match="without a result"):
        result(editor.prepare(subject, SETTINGS))


# -- what is not computed again ----------------------------------------------------------------------------


def test_a_second_edit_costs_its_steps_only(counted: Counted, tiny: Pack, tmp_path: Path) -> None:
    editor = Editor(tiny, network=counted.network, cache_folder=tmp_path)
    subject = editor.open(photo())
    first = result(editor.render(subject, BRIGHTER, SETTINGS)).pixels
    assert counted.taken() == [(t, 1) for t in UP] + [(t, 2) for t in DOWN]  # the unedited picture rides along once
    second = result(editor.render(subject, Edit(attributes={"warmth": 1}), SETTINGS)).pixels
    assert counted.taken() == [(t, 1) for t in DOWN]
    assert off(result(editor.render(subject, BRIGHTER, SETTINGS)).pixels, first) <= 1
    assert off(first, second) > 5
    counted.taken()
    same_content = editor.open(photo())
    result(editor.render(same_content, BRIGHTER, SETTINGS))
    assert counted.taken() == [(t, 1) for t in DOWN]


def test_other_settings_share_the_inversion(counted: Counted, tiny: Pack, tmp_path: Path) -> None:
    editor = Editor(tiny, network=counted.network, cache_folder=tmp_path)
    subject = editor.open(photo())
    result(editor.render(subject, BRIGHTER, SETTINGS))
    counted.taken()
    result(editor.render(subject, BRIGHTER, Settings(10, 2)))
    assert counted.taken() == [(999, 2), (0, 2)]
    result(editor.render(subject, BRIGHTER, Settings(4, 5)))
    assert [t for t, _ in counted.taken()] == [0, 111, 444, 999, *DOWN]


def test_after_a_restart_the_inversion_comes_from_disk(tiny: Pack, tmp_path: Path) -> None:
    outcomes, calls = list[Any](), list[Any]()
    for _ in range(2):
        counted = Counted(tiny)
        editor = Editor(tiny, network=counted.network, cache_folder=tmp_path)
        outcomes.append(result(editor.render(editor.open(photo()), BRIGHTER, SETTINGS)).pixels)
        calls.append(len(counted.taken()))
    assert calls == [15, 5]
    assert np.array_equal(*outcomes)


def test_inversions_of_other_packs_pictures_and_steps_are_not_reused(tiny: Pack, copied: Path, tmp_path: Path) -> None:
    first = Counted(tiny)
    editor = Editor(tiny, network=first.network, cache_folder=tmp_path / "cache")
    list(editor.prepare(editor.open(photo()), SETTINGS))
    assert len(first.taken()) == 10
    list(editor.prepare(editor.open(photo(1)), SETTINGS))
    assert len(first.taken()) == 10
    list(editor.prepare(editor.open(photo()), Settings(5, 5)))
    assert len(first.taken()) == 5
    change_manifest(copied, lambda m: m["diffusion"].update(beta_end=0.019))
    second = Counted(Pack.open(copied))
    other = Editor(Pack.open(copied), network=second.network, cache_folder=tmp_path / "cache")
    list(other.prepare(other.open(photo()), SETTINGS))
    assert len(second.taken()) == 10
    assert len(list((tmp_path / "cache").iterdir())) == 4


def test_preparing_twice_does_nothing_the_second_time(editor: Editor, subject: Subject) -> None:
    views = list(editor.prepare(subject, SETTINGS))
    assert [v.phase for v in views] == ["inverting"] * 10
    assert not any(v.final for v in views)
    assert off(views[0].model_pixels, subject.model_square) < 12
    assert list(editor.prepare(subject, SETTINGS)) == []
    assert next(editor.render(subject, BRIGHTER, SETTINGS)).phase == "rendering"


def test_what_is_remembered_is_bounded_and_no_larger_than_its_pictures(tiny: Pack, tmp_path: Path) -> None:
    editor = Editor(tiny, "cpu", cache_folder=tmp_path)
    for seed in range(10):
        list(editor.sweep(editor.open(photo(seed)), [BRIGHTER] * MAX_BATCH, Settings(1, 2)))
    kept = [array for trajectory in editor._trajectories.values() for array in trajectory]
    assert len(kept) <= 8 * 2
    assert all((array.base if array.base is not None else array).nbytes == 3 * SIZE * SIZE * 4 for array in kept)


# -- stopping ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [1, 5, 10, 12])
def test_cancelling_ends_at_the_next_step_and_leaves_no_trace(
    counted: Counted, tiny: Pack, tmp_path: Path, editor: Editor, after: int
) -> None:
    expected = result(editor.render(editor.open(photo()), BRIGHTER, SETTINGS)).pixels
    other = Editor(tiny, network=counted.network, cache_folder=tmp_path / "cache")
    subject = other.open(photo())
    token, seen = CancelToken(), 0
    with pytest.raises(Cancelled):  # noqa: PT012 - where it is raised is the point
        for _ in other.render(subject, BRIGHTER, SETTINGS, cancel=token):
            seen += 1
            if seen == after:
                token.cancel()
    assert seen == after
    assert len(counted.taken()) <= after + 1
    assert np.array_equal(result(other.render(subject, BRIGHTER, SETTINGS)).pixels, expected)


def test_a_render_that_is_left_can_be_begun_again(editor: Editor, subject: Subject) -> None:
    expected = result(Editor(editor.pack, network=editor.network).render(subject, BRIGHTER, SETTINGS)).pixels
    for steps in (3, 12):
        views = editor.render(subject, BRIGHTER, SETTINGS)
        for _ in range(steps):
            next(views)
        views.close()  # type: ignore[attr-defined]
    assert np.array_equal(result(editor.render(subject, BRIGHTER, SETTINGS)).pixels, expected)


def test_cancelling_from_another_thread(editor: Editor, subject: Subject) -> None:
    token = CancelToken()
    views = editor.render(subject, BRIGHTER, SETTINGS, cancel=token)
    next(views)
    thread = threading.Thread(target=token.cancel)
    thread.start()
    thread.join()
    assert token.cancelled
    with pytest.raises(Cancelled):
        next(views)


def test_a_token_that_is_not_set_changes_nothing(editor: Editor, subject: Subject) -> None:
    token = CancelToken()
    token.check()
    assert result(editor.render(subject, BRIGHTER, SETTINGS, cancel=token)).final


# -- many at once ------------------------------------------------------------------------------------------


def test_a_sweep_is_its_single_renders_in_one_batch(counted: Counted, tiny: Pack, tmp_path: Path) -> None:
    editor = Editor(tiny, network=counted.network, cache_folder=tmp_path)
    subject = editor.open(photo())
    edits = [Edit(attributes={"brightness": amount}) for amount in (-2, -1, 0, 1, 2)]
    steps = list(editor.sweep(subject, edits, SETTINGS))
    assert counted.taken()[10:] == [(t, 6) for t in DOWN]
    assert {len(views) for views in steps} == {5}
    assert [views[0].final for views in steps] == [False] * 14 + [True]
    for edit, view in zip(edits, steps[-1], strict=True):
        assert off(view.pixels, result(editor.render(subject, edit, SETTINGS)).pixels) <= 1
    assert off(steps[-1][2].pixels, subject.square) <= 1
    levels = [view.pixels.mean() for view in steps[-1]]
    assert levels == sorted(levels)


def test_a_sweep_of_nothing_is_the_source(editor: Editor, subject: Subject) -> None:
    ((a, b),) = editor.sweep(subject, [Edit(), Edit(attributes={"smile": 0})], SETTINGS)
    assert np.array_equal(a.pixels, picture())
    assert np.array_equal(b.pixels, picture())


@pytest.mark.parametrize("count", [0, MAX_BATCH + 1])
def test_a_sweep_has_bounds(editor: Editor, subject: Subject, count: int) -> None:
    with pytest.raises(UsageError, match=f"1 and {MAX_BATCH}"):
        next(editor.sweep(subject, [BRIGHTER] * count, SETTINGS))


# -- two pictures ------------------------------------------------------------------------------------------


def test_borrowing_everything_gives_the_references_reconstruction(editor: Editor, subject: Subject) -> None:
    other = editor.open(photo(1))
    out = result(editor.render(subject, ALL_OF_THE_OTHER, SETTINGS, reference=other, detail="model"))
    expected = result(editor.render(other, Edit(), SETTINGS, detail="model"))
    assert off(out.model_pixels, expected.model_pixels) <= 1


def test_without_blending_noise_the_pictures_own_is_kept(counted: Counted, tiny: Pack, tmp_path: Path) -> None:
    editor = Editor(tiny, network=counted.network, cache_folder=tmp_path)
    subject, other = editor.open(photo()), editor.open(photo(1))
    colours = ALL_OF_THE_OTHER.with_blends(ALL_OF_THE_OTHER.blends)
    out = result(editor.render(subject, colours, SETTINGS, reference=other, detail="model")).model_pixels
    assert len(counted.taken()) == 10 + 5  # the reference was not inverted

    own, others = (
        result(editor.render(picture, Edit(), SETTINGS, detail="model")).model_pixels.astype(int)
        for picture in (subject, other)
    )
    assert np.abs(out - others).mean() < np.abs(own - others).mean() - 3  # nearer to the other one
    assert np.abs(out - others).mean() > 3  # but not it: the noise is the picture's own


def test_blends_go_from_one_picture_to_the_other(editor: Editor, subject: Subject) -> None:
    other = editor.open(photo(1))
    edits = [
        Edit(blends=(Blend(start=0, end=8, alpha=alpha),), blend_noise=alpha) if alpha else Edit()
        for alpha in (0, 0.25, 0.5, 0.75, 1)
    ]
    (*_, last) = editor.sweep(subject, edits, ENOUGH, reference=other, detail="model")
    distances = [np.abs(v.model_pixels.astype(int) - other.model_square).mean() for v in last]
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 4 < distances[0]


def test_a_picture_may_borrow_from_itself(editor: Editor, subject: Subject) -> None:
    out = result(editor.render(subject, ALL_OF_THE_OTHER, SETTINGS, reference=subject))
    assert off(out.pixels, subject.square) <= 1


# -- a network that works --------------------------------------------------------------------------------


def test_the_device_is_that_of_the_network(editor: Editor) -> None:
    assert editor.device.name == "cpu"
    assert editor.notes == ()


def test_without_a_cache_folder_the_users_is_used(own_folders: Path, tiny: Pack) -> None:
    editor = Editor(tiny, "cpu")
    list(editor.prepare(editor.open(photo()), SETTINGS))
    assert len(list((own_folders / "cache" / "diti-studio" / "inversions").glob("*.npy"))) == 1
