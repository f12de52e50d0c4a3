// Raw samples to the host, as the rest of the firmware sees it: an interface with two servants, of which an image has one. `capture` is
// taken only for an app that declares the permit "raw"; every other image has `no_capture`, and so no code by which a sample could leave.

/** Sends the next `count` samples; one that is under way goes on with so many. 0 ends it. 0, or an SMP code. */
@external("capture", "begin") export declare function captureBegin(count: u32): u32;
/** Writes the answer's map at `at`; the address behind it. */
@external("capture", "describe") export declare function captureDescribe(at: usize): usize;
/** A turn of the main loop: sends a frame if there is one to send, and room. */
@external("capture", "follow") export declare function captureFollow(): void;
/** Samples are counted from 0 again. */
@external("capture", "restart") export declare function captureRestart(): void;
/** A replayed sample would overwrite none that is still to be sent. */
@external("capture", "room") export declare function captureRoom(): bool;
/** Nothing is left to be sent. */
@external("capture", "done") export declare function captureDone(): bool;
