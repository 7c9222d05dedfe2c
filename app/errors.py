"""Every error that Transom tells a caller, as one tree.

* `TransomError`
    * `ConfigurationError`           a setting is wrong; nothing starts
    * `BadRequest` 400               `MalformedMultipart`, `MissingField`, `InvalidQuery`, `InvalidDevice`,
                                     `NotForBatches`, `UnreadableInput`, `EmptyInput`, `TooDamagedInput`,
                                     `UrlInputDisabled`, `WebhooksDisabled`
    * `NotAllowed` 403               `PathNotAllowed`, `UrlNotAllowed`, `UrlForbiddenAddress`
    * `NotFound` 404                 `JobNotFound`, `BatchNotFound`, `PluginNotFound`, `ToolNotFound`, `BlobNotFound`,
                                     `NotReady`, `NotAVideo`, `UploadNotFound`, `InputNotFound`, `WebhookNotFound`
    * `MethodNotAllowed` 405
    * `NotAcceptable` 406
    * `Conflict` 409                 `BatchNotEnded`, `JobAlreadyEnded`, `JobNotEnded`, `JobCancelled`,
                                     `RenderingFailed`, `RequestInProgress`, `UploadOffsetConflict`,
                                     `UploadIncomplete`, `UploadUsed`
    * `UploadStalled` 408
    * `CursorReset` 410              the cursor can't be continued; `cursor` says where to go on
    * `UploadExpired` 410
    * `UnknownTusVersion` 412
    * `TooLarge` 413                 `TooManyPixels`, `TooLongInput`, `TooLargeImage`, `UploadTooLarge`, `UrlTooLarge`
    * `UnsupportedInput` 415
    * `NotAPiece` 415
    * `RangeNotSatisfiable` 416
    * `HostNotAllowed` 421          the host that was asked for is not a name of this server
    * `Invalid` 422                  `InvalidOptions`, `IdempotencyMismatch`, `TooManyTools`, `InvalidManifest`,
                                     `TooManyItems`, `UrlInvalid`
    * `UrlFailed` 422                `UrlUnreachable`, `UrlTimeout`, `UrlBadStatus`, `UrlTooManyRedirects`
    * `UploadLocked` 423
    * `TooManyUploads` 429
    * `JobFailed` 500                a call that waits for a job tells how it ended
    * `Unavailable` 503              `DatabaseUnavailable`, `DeviceUnavailable`, `NoWorker`, `TooBusy`,
                                     `ServerStopping`; and `DatabaseFull`, which is 507
    * `TimedOut` 504
    * `StorageFull` 507

`code` is stable and machine-readable, `status` is the HTTP status, `retryable` says whether the same call
may succeed later. The docstring of a class is its title; what is passed to it is the detail.
"""

from __future__ import annotations

from typing import ClassVar


class TransomError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str | None = None, **extra: object) -> None:
        super().__init__(detail or self.title())
        self.detail = detail or self.title()
        #: Further members of the problem document.
        self.extra = extra

    @classmethod
    def title(cls) -> str:
        """The class's first docstring line, without its full stop."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0].rstrip(".")


class ConfigurationError(TransomError):
    """A setting is wrong."""

    code = "CONFIGURATION_INVALID"


class BadRequest(TransomError):
    """The request can't be understood."""

    code, status = "BAD_REQUEST", 400


class MalformedMultipart(BadRequest):
    """The multipart body is damaged or incomplete."""

    code = "MALFORMED_MULTIPART"


class MissingField(BadRequest):
    """A field that is needed is missing."""

    code = "MISSING_FIELD"


class InvalidQuery(BadRequest):
    """A query parameter has a value that can't be used."""

    code = "INVALID_QUERY"

    def __init__(self, detail: str, *, parameter: str) -> None:
        super().__init__(detail, errors=[{"field": parameter, "message": detail}])


class InvalidDevice(BadRequest):
    """The device is not one that can be asked for."""

    code = "INVALID_DEVICE"


class UnreadableInput(BadRequest):
    """The input can't be read as an image or a video."""

    code = "INPUT_UNREADABLE"


class EmptyInput(BadRequest):
    """The input holds no picture."""

    code = "INPUT_EMPTY"


class TooDamagedInput(BadRequest):
    """Too many frames of the input are damaged or lost."""

    code = "INPUT_TOO_DAMAGED"


class UrlInputDisabled(BadRequest):
    """Inputs by URL are not enabled on this server."""

    code = "URL_INPUT_DISABLED"


class WebhooksDisabled(BadRequest):
    """Webhooks are not enabled on this server."""

    code = "WEBHOOKS_DISABLED"


class NotForBatches(BadRequest):
    """This is there for each job by itself, not for a whole batch."""

    code = "NOT_FOR_BATCHES"


class NotAllowed(TransomError):
    """The caller may not do this."""

    code, status = "NOT_ALLOWED", 403


class PathNotAllowed(NotAllowed):
    """The path is not below a folder that inputs may come from."""

    code = "PATH_NOT_ALLOWED"


class UrlNotAllowed(NotAllowed):
    """The address is not among those that this server asks."""

    code = "URL_NOT_ALLOWED"


class UrlForbiddenAddress(NotAllowed):
    """The address leads into a network that this server does not reach into."""

    code = "URL_FORBIDDEN_ADDRESS"


class NotFound(TransomError):
    """There is nothing at this address."""

    code, status = "NOT_FOUND", 404


class JobNotFound(NotFound):
    """There is no such job."""

    code = "JOB_NOT_FOUND"


class BatchNotFound(NotFound):
    """There is no such batch."""

    code = "BATCH_NOT_FOUND"


class WebhookNotFound(NotFound):
    """There is no such webhook."""

    code = "WEBHOOK_NOT_FOUND"


class InputNotFound(NotFound):
    """There is no file where the input is said to be."""

    code = "INPUT_NOT_FOUND"


class PluginNotFound(NotFound):
    """No worker of the fleet has this plugin."""

    code = "PLUGIN_NOT_FOUND"


class ToolNotFound(NotFound):
    """The plugin has no such tool."""

    code = "TOOL_NOT_FOUND"


class BlobNotFound(NotFound):
    """The file is not there, or no longer."""

    code = "BLOB_NOT_FOUND"


class NotReady(NotFound):
    """It is not there yet."""

    code, retryable = "NOT_READY", True


class NotAVideo(NotFound):
    """The input is a single picture, of which no video is made."""

    code = "NOT_A_VIDEO"


class UploadNotFound(NotFound):
    """There is no such upload."""

    code = "UPLOAD_NOT_FOUND"


class MethodNotAllowed(TransomError):
    """This address does not take this method."""

    code, status = "METHOD_NOT_ALLOWED", 405


class NotAcceptable(TransomError):
    """The answer can't be given in a form that the caller accepts."""

    code, status = "NOT_ACCEPTABLE", 406


class Conflict(TransomError):
    """The call does not fit the present state."""

    code, status = "CONFLICT", 409


class JobAlreadyEnded(Conflict):
    """The job has already ended."""

    code = "JOB_ALREADY_ENDED"


class BatchNotEnded(Conflict):
    """Some of the batch has not ended yet."""

    code, retryable = "BATCH_NOT_ENDED", True


class JobNotEnded(Conflict):
    """The job has not ended yet."""

    code, retryable = "JOB_NOT_ENDED", True


class JobCancelled(Conflict):
    """The job was cancelled before it had a result."""

    code = "CANCELLED"


class RenderingFailed(Conflict):
    """The video can't be made of this input."""

    code = "RENDERING_FAILED"


class RequestInProgress(Conflict):
    """A request with this Idempotency-Key is still under way."""

    code, retryable = "REQUEST_IN_PROGRESS", True


class UploadOffsetConflict(Conflict):
    """The piece does not begin where the upload ends; `offset` says where that is."""

    code, retryable = "UPLOAD_OFFSET_CONFLICT", True


class UploadIncomplete(Conflict):
    """The upload has not all of its bytes yet."""

    code, retryable = "UPLOAD_INCOMPLETE", True


class UploadUsed(Conflict):
    """The upload belongs to a job already; `job_id` names it."""

    code = "UPLOAD_USED"


class UploadStalled(TransomError):
    """Nothing came for a while; what came before was kept."""

    code, status, retryable = "UPLOAD_STALLED", 408, True


class UploadExpired(TransomError):
    """The upload was left alone for too long, and is gone."""

    code, status = "UPLOAD_EXPIRED", 410


class UnknownTusVersion(TransomError):
    """The version of the tus protocol is not one that this server speaks."""

    code, status = "TUS_VERSION_UNKNOWN", 412


class CursorReset(TransomError):
    """The cursor can't be continued."""

    code, status = "CURSOR_RESET", 410


class TooLarge(TransomError):
    """The body is larger than this server takes."""

    code, status = "BODY_TOO_LARGE", 413


class TooManyPixels(TooLarge):
    """A frame of the input has more pixels than this server decodes."""

    code = "INPUT_TOO_MANY_PIXELS"


class TooLongInput(TooLarge):
    """The input lasts longer, or has more frames, than this server takes."""

    code = "INPUT_TOO_LONG"


class TooLargeImage(TooLarge):
    """The image's file is larger than this server decodes."""

    code = "INPUT_TOO_LARGE"


class UploadTooLarge(TooLarge):
    """The upload is larger than this server takes, or than it said it would be."""

    code = "UPLOAD_TOO_LARGE"


class UrlTooLarge(TooLarge):
    """What is at the address is larger than this server takes."""

    code = "URL_TOO_LARGE"


class UnsupportedInput(TransomError):
    """The content is neither an image nor a video that can be processed."""

    code, status = "UNSUPPORTED_INPUT", 415


class NotAPiece(TransomError):
    """The body of this call is a piece of a file, as application/offset+octet-stream."""

    code, status = "UNSUPPORTED_CONTENT_TYPE", 415


class RangeNotSatisfiable(TransomError):
    """The file has no such range of bytes."""

    code, status = "RANGE_NOT_SATISFIABLE", 416


class HostNotAllowed(TransomError):
    """This server does not answer to that name."""

    code, status = "HOST_NOT_ALLOWED", 421


class Invalid(TransomError):
    """A value is not allowed."""

    code, status = "VALIDATION_FAILED", 422


class InvalidOptions(Invalid):
    """The options do not fit the tool."""

    code = "INVALID_OPTIONS"


class IdempotencyMismatch(Invalid):
    """This Idempotency-Key was used with another body."""

    code = "IDEMPOTENCY_MISMATCH"


class InvalidManifest(Invalid):
    """The manifest can't be read."""

    code = "INVALID_MANIFEST"


class TooManyItems(Invalid):
    """The batch has more items than this server takes."""

    code = "TOO_MANY_ITEMS"


class TooManyTools(Invalid):
    """The tools can't run together over one input."""

    code = "TOO_MANY_TOOLS"


class UrlInvalid(Invalid):
    """The address is not one that can be asked."""

    code = "URL_INVALID"


class UrlFailed(TransomError):
    """What is at the address could not be had.

    Not a 502 or 504: proxies put pages of their own in the place of those.
    """

    code, status = "URL_FAILED", 422


class UrlUnreachable(UrlFailed):
    """The address could not be reached, or broke off."""

    code, retryable = "URL_UNREACHABLE", True


class UrlTimeout(UrlFailed):
    """The address took too long."""

    code, retryable = "URL_TIMEOUT", True


class UrlBadStatus(UrlFailed):
    """The address answered with something else than a file."""

    code = "URL_BAD_STATUS"


class UrlTooManyRedirects(UrlFailed):
    """The address redirects too often."""

    code = "URL_TOO_MANY_REDIRECTS"


class UploadLocked(TransomError):
    """Another request is adding to the upload, or took over from this one."""

    code, status, retryable = "UPLOAD_LOCKED", 423, True


class TooManyUploads(TransomError):
    """Too much is being uploaded, or waits for a job."""

    code, status, retryable = "TOO_MANY_UPLOADS", 429, True


class JobFailed(TransomError):
    """The job ended with an error."""

    code = "JOB_FAILED"


class Unavailable(TransomError):
    """The server can't do this now."""

    code, status, retryable = "UNAVAILABLE", 503, True


class DatabaseUnavailable(Unavailable):
    """The database does not answer; send the request again.

    A request with an `Idempotency-Key` does nothing twice. What was accepted before goes on, and streams stay open.
    """

    code = "DATABASE_UNAVAILABLE"


class DatabaseFull(DatabaseUnavailable):
    """The database has no room left; send the request again once it has.

    What was accepted before waits meanwhile, and goes on once there is room.
    """

    code, status = "DATABASE_FULL", 507


class DeviceUnavailable(Unavailable):
    """No worker has the device that was asked for."""

    code = "DEVICE_UNAVAILABLE"


class NoWorker(Unavailable):
    """No worker is there."""

    code = "NO_WORKER"


class TooBusy(Unavailable):
    """The server is at its limit."""

    code = "TOO_BUSY"


class ServerStopping(Unavailable):
    """The server stops; send the request again.

    A request with an `Idempotency-Key` does nothing twice; what was accepted before goes on.
    """

    code = "SERVER_STOPPING"


class TimedOut(TransomError):
    """The answer took longer than this call waits."""

    code, status, retryable = "TIMED_OUT", 504, True


class StorageFull(TransomError):
    """There is no room left for what was sent; send it again once there is.

    Nothing of it was kept. What was accepted before waits meanwhile, and goes on once there is room.
    """

    code, status, retryable = "STORAGE_FULL", 507, True
