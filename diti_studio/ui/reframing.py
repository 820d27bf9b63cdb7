"""Framing the open photo by hand: shows the whole of it, then opens it again with the square that was chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QSizeF, Signal

from diti_studio.ui.answers import (
    Failed,
    Opened,
    Surveyed,
)
from diti_studio.ui.frame_geometry import Limits, Square
from diti_studio.ui.frame_painter import FaceChoice
from diti_studio.ui.jobs import (
    OpenPicture,
    Survey,
)
from diti_studio.ui.worker import SCREEN_SIDE

if TYPE_CHECKING:
    from diti_studio.core.framing import Frame
    from diti_studio.ui.preview import Preview
    from diti_studio.ui.session import Photo, Session
    from diti_studio.ui.worker import Worker
    from diti_studio.ui.workspace import Workspace


TRIES = 3
"""So often a photo is opened once more where another model came between: that may take two steps."""


@dataclass(frozen=True, eq=False)
class _Framed:
    """A photo that is being opened again with another square, and how often that may be tried again."""

    photo: Photo
    job: OpenPicture
    tries: int


class Reframing(QObject):
    """Lends the canvas's place to the frame editor, and makes of its square one step of the history."""

    toggled = Signal(bool)
    """The editor was asked for, or left."""

    def __init__(
        self, worker: Worker, session: Session, preview: Preview, space: Workspace, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._worker = worker
        self._session = session
        self._preview = preview
        self._space = space
        self._subject: Opened | None = None  # what is being framed
        self._shown = False  # the photo has been looked at, and the editor is there
        self._surveyed: Surveyed | None = None  # the last photo that was looked at
        self._waiting: _Framed | None = None
        worker.surveyed.connect(self._on_surveyed)
        worker.failed.connect(self._on_failed)
        session.changed.connect(self._on_changed)
        space.views.currentChanged.connect(self._on_view)
        space.frame_editor.applied.connect(self.apply)
        space.frame_editor.cancelled.connect(self.cancel)

    @property
    def is_on(self) -> bool:
        """True from the moment the editor is asked for until it is left."""
        return self._subject is not None

    def set_on(self, on: bool) -> None:
        """Shows the frame editor, or leaves it without a change."""
        state = self._session.state
        if on == self.is_on:
            return
        if not on:
            self._leave()
            self._preview.resume()  # where the photo was still being looked at
        elif state is not None:
            self._subject = state.opened
            self.toggled.emit(True)
            if self._surveyed is not None and _same_photo(self._surveyed.job.opened, state.opened):
                self._show(self._surveyed)
            else:
                self._preview.make_way()
                self._worker.submit(Survey(opened=state.opened, side=SCREEN_SIDE))

    def cancel(self) -> None:
        """Leaves the editor without a change."""
        self.set_on(False)

    def apply(self, square: Square) -> None:
        """Leaves the editor and opens the photo again with this square."""
        opened, surveyed, photo = self._subject, self._surveyed, self._session.current
        self._leave()
        if opened is None or surveyed is None or photo is None or square.choice == _square(opened.subject.frame).choice:
            return
        self._preview.make_way()
        self._open(photo, opened, "auto" if square == _square(surveyed.automatic) else square.choice)

    def take(self, opened: Opened) -> bool:
        """True when this picture was opened again for another square; it is now shown with its edit."""
        waiting = self._waiting
        if opened.job.role != "framed":
            return False
        if waiting is None or opened.job is not waiting.job:
            return True  # another square was chosen meanwhile
        self._waiting = None
        photo, state = waiting.photo, waiting.photo.state
        if photo not in self._session.photos or state is None:
            return True
        if state.opened.pack == opened.pack:
            self._session.replace(replace(state, opened=opened), self.tr("Frame"), photo)
        elif waiting.tries:
            self._open(photo, opened, opened.job.choice, waiting.tries - 1)
        return True

    # -- inside ----------------------------------------------------------------------------------------

    def _open(self, photo: Photo, opened: Opened, choice: str, tries: int = TRIES) -> None:
        job = OpenPicture(
            source=opened.source, picture=opened.subject.picture, origin=opened.origin, role="framed", choice=choice,
            lane="frame",
        )  # fmt: skip
        self._waiting = _Framed(photo, job, tries)
        self._worker.submit(job)

    def _show(self, surveyed: Surveyed) -> None:
        assert self._subject is not None
        photo = QSizeF(*surveyed.size)
        self._space.frame_editor.show_photo(
            surveyed.image,
            Limits(photo, *surveyed.limits),
            _square(self._subject.subject.frame),
            _square(surveyed.automatic),
            [FaceChoice(_box(face.box), _square(face.frame)) for face in surveyed.faces],
        )
        self._space.show_view(self._space.frame_editor)
        self._space.frame_editor.view.setFocus()
        self._shown = True

    def _leave(self) -> None:
        self._subject, self._shown = None, False
        self._worker.cancel(lambda job: isinstance(job, Survey))
        if self._space.views.currentWidget() is self._space.frame_editor:
            self._space.show_view(self._space.canvas)
        self.toggled.emit(False)

    def _on_view(self) -> None:
        """Another view has taken the editor's place."""
        if self._shown and self._space.views.currentWidget() is not self._space.frame_editor:
            self._leave()

    def _on_surveyed(self, surveyed: Surveyed) -> None:
        self._surveyed = surveyed
        self._preview.resume()
        if self._subject is not None and surveyed.job.opened is self._subject:
            self._show(surveyed)

    def _on_changed(self) -> None:
        state = self._session.state
        if self._subject is not None and (state is None or state.opened is not self._subject):
            self._leave()  # another photo, or an undone frame: what was dragged no longer belongs to it

    def _on_failed(self, failed: Failed) -> None:
        if isinstance(failed.job, Survey) and self._subject is failed.job.opened:
            self._leave()
            self._preview.resume()
        elif self._waiting is not None and failed.job is self._waiting.job:
            self._waiting = None
            self._preview.resume()


def _same_photo(a: Opened, b: Opened) -> bool:
    """Whether two have the same pixels, and a pack that frames them alike."""
    return a.subject.picture is b.subject.picture and a.pack == b.pack


def _square(frame: Frame) -> Square:
    return Square(frame.cx, frame.cy, frame.size, frame.angle)


def _box(box: tuple[float, float, float, float]) -> QRectF:
    x0, y0, x1, y1 = box
    return QRectF(x0, y0, x1 - x0, y1 - y0)
