"""The contract between Transom and a vision plugin: one source of truth.

A plugin is a class with tools; a tool is a class whose options are a pydantic model. Manifest, JSON schema and
validation all come from them. A tool is told frames, one at a time, and answers with what it found; it knows nothing
of jobs, brokers or the web. What a run does is told to an `Observer`.

The web process reads manifests and imports this file, so it loads no vision library.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, NamedTuple, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Severity = Literal["low", "medium", "high"]
PluginStatus = Literal["started", "running", "completed", "failed"]


class MediaKind(StrEnum):
    """What a tool can be given."""

    IMAGE = "image"
    VIDEO = "video"


class Box(BaseModel):
    """A rectangle in absolute pixels of the input."""

    model_config = ConfigDict(frozen=True)

    x1: float
    y1: float
    x2: float
    y2: float


class FrameData(BaseModel):
    """What a tool found in one frame. `boxes`, `scores` and `labels` are as long; empty when nothing was found.

    `timestamp_ms` is the frame's time in the input, `scores` lie between 0 and 1. The optional lists are as long.
    """

    model_config = ConfigDict(frozen=True)

    frame_index: int = Field(ge=0)
    timestamp_ms: float = Field(ge=0)
    boxes: list[Box] = []
    scores: list[float] = []
    labels: list[str] = []
    track_ids: list[int | None] | None = None
    texts: list[str] | None = None
    polygons: list[list[tuple[float, float]]] | None = None
    data: dict[str, JsonValue] | None = None

    @model_validator(mode="after")
    def _equal_lengths(self) -> FrameData:
        expected = len(self.boxes)
        for name in ("scores", "labels", "track_ids", "texts", "polygons"):
            values = getattr(self, name)
            if values is not None and len(values) != expected:
                raise ValueError(f"{name} has {len(values)} entries, boxes has {expected}")
        return self


class Picture(Protocol):
    """A frame that can be made into a small JPEG when somebody wants to see it; `width` and `height` are its pixels."""

    width: int
    height: int

    def jpeg(self, *, max_width: int, quality: int) -> bytes:
        """The frame as a JPEG no wider than `max_width` pixels; `quality` is 1 to 95."""
        ...


class MediaFrame(Picture, Protocol):
    """One decoded frame; pixels are converted when they are asked for, once."""

    index: int
    timestamp_ms: float

    def bgr(self) -> npt.NDArray[np.uint8]:
        """Height × width × 3, in OpenCV's order of colours. Shared by all tools and read-only: copy to draw."""
        ...

    def gray(self) -> npt.NDArray[np.uint8]:
        """Height × width."""
        ...


class ToolOptions(BaseModel):
    """The base of every tool's options: frozen, and unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ToolManifest(BaseModel):
    """A tool as the API shows it; `options_schema` is the JSON schema of its options."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    description: str
    input_types: list[MediaKind]
    devices: list[str]
    options_schema: dict[str, JsonValue]


class PluginMetadata(BaseModel):
    """A plugin's manifest."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: str
    title: str
    description: str
    license: str
    model: str | None = None
    capabilities: list[str] = []
    input_types: list[MediaKind]
    devices: list[str]
    tools: list[ToolManifest]
    #: The tool that runs where none is named; None where one has to be.
    default_tool: str | None = None


class DeviceUse(NamedTuple):
    """What a tool really computes on: "cpu" or "gpu"; and why, where that is not what it was given."""

    name: str
    reason: str | None = None


class ToolContext:
    """What a tool may say besides its answer. Without an observer it is kept, and the tool notices no difference."""

    def __init__(self, *, device: str = "cpu") -> None:
        self.device = device
        self.warnings: list[ToolWarning] = []
        self.partial_results: list[JsonValue] = []

    def warn(
        self,
        message: str,
        *,
        severity: Severity = "low",
        code: str | None = None,
        frame_index: int | None = None,
    ) -> None:
        """Say something that a person should know; the run goes on."""
        self.warnings.append(ToolWarning(message=message, severity=severity, code=code, frame_index=frame_index))

    def partial(self, result: JsonValue) -> None:
        """Show a result before the end."""
        self.partial_results.append(result)


class ToolWarning(BaseModel):
    """What `ToolContext.warn` was told."""

    model_config = ConfigDict(frozen=True)

    message: str
    severity: Severity = "low"
    code: str | None = None
    frame_index: int | None = None


OptionsT = TypeVar("OptionsT", bound=ToolOptions)


class Tool(Generic[OptionsT]):
    """The base of a tool. One instance is one run: what it remembers between frames are its attributes.

    One that has "gpu" among its `devices` computes on `context.device`. Where it finds that it can't, it raises
    `plugins.errors.DeviceUnusable` when it is made, and is made again for the CPU if that is allowed.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    inputs: ClassVar[frozenset[MediaKind]] = frozenset(MediaKind)
    devices: ClassVar[tuple[str, ...]] = ("cpu",)
    Options: ClassVar[type[ToolOptions]] = ToolOptions

    def __init__(self, options: OptionsT, context: ToolContext) -> None:
        self.options = options
        self.context = context

    def process(self, frame: MediaFrame) -> FrameData:
        """What is in this frame. Raises `plugins.errors.FrameSkipped` to go on without it."""
        raise NotImplementedError

    def finish(self) -> dict[str, JsonValue]:
        """The result of the run, once every frame was processed."""
        return {}

    def device_in_use(self) -> DeviceUse:
        """What the tool computes on, read from its runtime: many a runtime falls back to the CPU without a word.

        Asked once the tool is made, after its first frame and at the end. A tool that can use a GPU overrides this,
        and never answers with what it was asked for; `plugins.onnx_devices` reads it from ONNX Runtime.
        """
        return DeviceUse(self.context.device)

    @classmethod
    def manifest(cls) -> ToolManifest:
        """The tool as the API shows it."""
        return ToolManifest(
            name=cls.name,
            title=cls.title,
            description=cls.description,
            input_types=sorted(cls.inputs),
            devices=list(cls.devices),
            options_schema=cls.Options.model_json_schema(),
        )


class Plugin:
    """The base of a plugin: a name, a version, and its tools."""

    name: ClassVar[str]
    version: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    license: ClassVar[str]
    model: ClassVar[str | None] = None
    capabilities: ClassVar[tuple[str, ...]] = ()
    tools: ClassVar[tuple[type[Tool[Any]], ...]]
    #: The name of the tool that runs where none is named; a plugin's only tool needs no such word.
    default_tool: ClassVar[str | None] = None

    @classmethod
    def manifest(cls) -> PluginMetadata:
        """The plugin's manifest, made from its classes."""
        tools = [tool.manifest() for tool in cls.tools]
        only = tools[0].name if len(tools) == 1 else None
        return PluginMetadata(
            name=cls.name,
            version=cls.version,
            title=cls.title,
            description=cls.description,
            license=cls.license,
            model=cls.model,
            capabilities=list(cls.capabilities),
            input_types=sorted({kind for tool in tools for kind in tool.input_types}),
            devices=sorted({device for tool in tools for device in tool.devices}),
            tools=tools,
            default_tool=cls.default_tool or only,
        )


class Observer(Protocol):
    """Who is told what a run does, while it does it. Calls come from the run's own thread."""

    def stop_requested(self) -> bool:
        """Whether the run should stop; asked before a tool does anything, and after each frame was told."""
        ...

    def metadata(self, plugin: str, metadata: PluginMetadata) -> None:
        """What the plugin says of itself; first of all."""
        ...

    def plugin_status(
        self,
        plugin: str,
        tool: str,
        status: PluginStatus,
        *,
        timing_ms: float | None = None,
        frames_processed: int | None = None,
        warnings_count: int | None = None,
    ) -> None:
        """Where a tool stands; `timing_ms` is its own time, without decoding."""
        ...

    def progress(
        self,
        percent: int,
        *,
        stage: str | None = None,
        plugin: str | None = None,
        tool: str | None = None,
        frames_done: int | None = None,
        frames_total: int | None = None,
        eta_seconds: float | None = None,
    ) -> None:
        """How far the run is, measured; never goes back, and is 100 only at the end."""
        ...

    def device_used(self, plugin: str, tool: str, device: str, *, reason: str) -> None:
        """A tool computes on another device than it was given; told once for each change, before the frame's own."""
        ...

    def frame(self, plugin: str, tool: str, data: FrameData, *, timing_ms: float, picture: Picture | None) -> None:
        """What was found in one frame."""
        ...

    def partial_result(self, plugin: str, tool: str, result: JsonValue) -> None:
        """A result before the end."""
        ...

    def warning(
        self,
        plugin: str,
        message: str,
        *,
        severity: Severity = "low",
        code: str | None = None,
        frame_index: int | None = None,
        tool: str | None = None,
    ) -> None:
        """Something that a person should know; the run goes on. No tool says what is of the input."""
        ...
