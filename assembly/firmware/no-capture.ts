// The capture of an app that does not permit it: refused, and nothing else is here.

const ACCESS_DENIED: u32 = 11;

export function no_capture_begin(_count: u32): u32 {
  return ACCESS_DENIED;
}

export function no_capture_describe(at: usize): usize {
  return at;
}

export function no_capture_follow(): void {}

export function no_capture_restart(): void {}

export function no_capture_room(): bool {
  return true;
}

export function no_capture_done(): bool {
  return true;
}
