"""The pack's networks in ONNX Runtime, on the device that is there.

A provider that cannot start only warns and the session silently runs on the CPU: so what really runs is asked back from
the session. One that fails at load or in a run, or that does not answer in time, falls to the next in order, and the
reason is kept for the user.
"""

from __future__ import annotations

import importlib
import os
import threading
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from diti_studio.core.errors import Cancelled, PackError, RuntimeUnavailableError, UsageError
from diti_studio.core.packs import Pack

Array = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Limits:
    """Seconds after which a call counts as hung. Generous: they end what hangs, not what is slow.

    Attributes:
        first: a call with a batch that this device has not run yet: a GPU may compile for it.
        later: any other call.
        cpu: any call on the CPU, which does not hang but may be slow; only a network without an end gets there.
    """

    first: float = 180.0
    later: float = 60.0
    cpu: float = 600.0


@dataclass(frozen=True)
class Device:
    """Something that can run a network: a short name, ONNX Runtime's execution provider and what a user calls it."""

    name: str
    provider: str
    title: str


# In the order in which they are tried.
KNOWN_DEVICES = (
    Device("cuda", "CUDAExecutionProvider", "NVIDIA GPU"),
    Device("directml", "DmlExecutionProvider", "GPU (DirectML)"),
    Device("coreml", "CoreMLExecutionProvider", "Apple GPU and Neural Engine"),
    Device("cpu", "CPUExecutionProvider", "CPU"),
)


@cache
def _onnxruntime() -> Any:
    try:
        onnxruntime: Any = importlib.import_module("onnxruntime")  # late: it takes a tenth of a second and has no types
    except ImportError as error:
        raise RuntimeUnavailableError(f"ONNX Runtime cannot be loaded ({error}): install onnxruntime.") from None
    onnxruntime.disable_telemetry_events()  # on Windows the variable that diti_studio.core sets is not enough
    onnxruntime.set_default_logger_severity(4)  # what fails is reported by us, in a sentence
    if "CUDAExecutionProvider" in onnxruntime.get_available_providers() and _has_nvidia_driver():
        onnxruntime.preload_dlls()
    return onnxruntime


def _has_nvidia_driver() -> bool:
    return os.path.exists("/dev/nvidiactl") or os.name == "nt"  # noqa: PTH110 - a device node, asked at start-up


@cache
def devices() -> tuple[Device, ...]:
    """Devices whose provider this ONNX Runtime has and whose hardware seems to be there, best first."""
    available = _onnxruntime().get_available_providers()
    found = [d for d in KNOWN_DEVICES if d.provider in available]
    return tuple(d for d in found if d.name != "cuda" or _has_nvidia_driver())


class Network:
    """Encoder and denoiser of a pack. Used by one thread at a time; ``interrupt`` and ``seconds_left`` are for any.

    Attributes:
        device: what the denoiser really runs on.
        notes: why better or asked-for devices were passed over, one sentence each.
    """

    def __init__(self, pack: Pack, device: str = "auto", limits: Limits | None = None) -> None:
        """Loads both networks.

        Args:
            device: "auto" or the name of one of ``devices()``; another one falls back too, with a note.
            limits: after which a call counts as hung.

        Raises:
            UsageError: a device name that does not exist.
            RuntimeUnavailableError: no provider could load the networks.
        """
        names = [d.name for d in KNOWN_DEVICES]
        if device not in ("auto", *names):
            raise UsageError(f"There is no device called {device!r}: choose auto, {', '.join(names)}.")
        self._pack = pack
        self._limits = limits or Limits()
        self._answered: set[tuple[str, int]] = set()  # networks and batch sizes that this device has run
        self._run_options: Any = None
        self._deadline = 0.0  # of the call that is running, by the monotonic clock
        self._lock = threading.Lock()
        self.notes: tuple[str, ...] = ()
        candidates = list(devices())
        if device != "auto":
            asked = [d for d in candidates if d.name == device]
            if not asked:
                self._note(f"The device {device} is not available here; using {candidates[0].title} instead.")
            candidates = asked + [d for d in candidates if d.name != device and (not asked or d.name == "cpu")]
        self._candidates = candidates
        self._load()

    # -- running ---------------------------------------------------------------------------------------

    def encode(self, images: Array) -> Array:
        """[B,3,H,W] float32 in [-1, 1] -> z [B,D] float32. Raises PackError when the network breaks the contract."""
        (z,) = self._run("encoder", {"image": images}, ["z"])
        self._check("encoder.onnx", z, (len(images), self._pack.manifest.latent_dim))
        return z

    def denoise(self, x: Array, t: int, z: Array) -> tuple[Array, Array]:
        """x_t [B,3,H,W], time-step, masked z [B,D] -> (eps, shift), both [B,3,H,W] float32.

        Raises PackError when the network breaks the contract.
        """
        feed = {"x_t": x, "t": np.full(len(x), t, np.int64), "z": z.astype(np.float32, copy=False)}
        eps, shift = self._run("unet", feed, ["eps", "shift"])
        for output in (eps, shift):
            self._check("unet.onnx", output, x.shape)
        return eps, shift

    def interrupt(self) -> None:
        """Ends a call that is running in another thread: it raises Cancelled."""
        with self._lock:
            if self._run_options is not None:
                self._run_options.terminate = True

    def seconds_left(self) -> float | None:
        """Until the call that is running counts as hung; None while none runs."""
        with self._lock:
            return None if self._run_options is None else max(0.0, self._deadline - time.monotonic())

    # -- inside ----------------------------------------------------------------------------------------

    def _note(self, text: str) -> None:
        self.notes = (*self.notes, text)

    def _check(self, file: str, output: Array, shape: tuple[int, ...]) -> None:
        if output.shape != shape or output.dtype != np.float32 or not np.isfinite(output).all():
            raise PackError(
                f"The model pack {self._pack.manifest.name} is damaged: {file} should give "
                f"{'x'.join(map(str, shape))} finite float32 numbers and does not."
            )

    def _load(self) -> None:
        reasons = list[str]()
        self._answered.clear()
        while self._candidates:
            device = self._candidates[0]
            try:
                self._encoder = self._session("encoder.onnx", device)
                self._unet = self._session("unet.onnx", device)
            except PackError:  # no other device would make it whole
                raise
            except Exception as error:
                reasons.append(f"{device.title} cannot run this pack ({_first_line(error)})")
            else:
                if self._unet.get_providers()[0] == device.provider:
                    self.device = device
                    return
                reasons.append(f"{device.title} did not start")
            self._candidates.pop(0)
            if self._candidates:
                self._note(f"{reasons[-1]}; using {self._candidates[0].title} instead.")
        raise RuntimeUnavailableError(
            f"{reasons[-1] if reasons else 'No device was found'}; nothing else is left to try."
        )

    def _session(self, name: str, device: Device) -> Any:
        ort = _onnxruntime()
        options = ort.SessionOptions()
        options.intra_op_num_threads = int(os.environ.get("DITI_THREADS", "0"))
        options.add_session_config_entry("session.intra_op.allow_spinning", "0" if device.name == "cpu" else "1")
        providers: list[Any] = [device.provider]
        if device.name == "cuda":
            providers = [(device.provider, {"arena_extend_strategy": "kSameAsRequested"})]
        if device.provider != KNOWN_DEVICES[-1].provider:
            providers.append("CPUExecutionProvider")  # for the few operators that a provider lacks
        return ort.InferenceSession(self._pack.read(name), options, providers=providers)

    def _run(self, which: str, feed: dict[str, npt.NDArray[Any]], outputs: list[str]) -> list[Array]:
        ort = _onnxruntime()
        kind = which, len(next(iter(feed.values())))
        while True:
            limit = self._limit_of(kind)
            with self._lock:
                options = self._run_options = ort.RunOptions()
                self._deadline = time.monotonic() + limit
            try:
                answer = _call((self._encoder, self._unet), which == "unet", (outputs, feed, options), limit)
                cancelled = options.terminate
            finally:
                options.terminate = True  # what was abandoned ends where it still can
                with self._lock:
                    self._run_options = None
            if answer is None:
                self._fall_back(f"{self.device.title} did not answer for {limit:g} seconds")
            elif not isinstance(answer, Exception):
                self._answered.add(kind)
                return answer
            elif not cancelled:
                self._fall_back(f"{self.device.title} failed ({_first_line(answer)})")
            if cancelled:
                raise Cancelled

    def _limit_of(self, kind: tuple[str, int]) -> float:
        if self.device.name == "cpu":
            return self._limits.cpu
        return self._limits.later if kind in self._answered else self._limits.first

    def _fall_back(self, reason: str) -> None:
        """Goes to the next device. Raises RuntimeUnavailableError where there is none."""
        if len(self._candidates) < 2:
            raise RuntimeUnavailableError(f"{reason}.")
        self._candidates.pop(0)
        self._note(f"{reason}; using {self._candidates[0].title} instead.")
        self._load()


def _call(
    sessions: tuple[Any, Any], which: int, arguments: tuple[Any, ...], limit: float
) -> list[Array] | Exception | None:
    """Runs a session; returns its outputs, its error, or None after ``limit`` seconds.

    In a thread of its own, since nothing ends a call into a driver that hangs; a daemon, so that it does not keep the
    program from ending. It holds both sessions: to destroy one on such a device would hang as well.
    """
    answers: list[list[Array] | Exception] = []

    def work() -> None:
        try:
            answers.append(sessions[which].run(*arguments))
        except Exception as error:
            answers.append(error.with_traceback(None))  # which holds the session, and with it a GPU's memory

    thread = threading.Thread(target=work, name="network", daemon=True)
    thread.start()
    thread.join(limit)
    return answers[0] if answers else None


def _first_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:200].rstrip(".")
