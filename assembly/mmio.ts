// Accesses that happen exactly as written: registers of peripherals, and everything that an interrupt handler and the main loop
// share. Each is one LDR or STR of its width; neither compiler merges, moves or drops them, nor moves other accesses over them.
// Plain load<T>/store<T> are for memory that one side alone touches; lint refuses them on registers.

@external("mmio", "load32") export declare function load32(address: usize): u32;
@external("mmio", "load16") export declare function load16(address: usize): u32;
@external("mmio", "load8") export declare function load8(address: usize): u32;
@external("mmio", "store32") export declare function store32(address: usize, value: u32): void;
@external("mmio", "store16") export declare function store16(address: usize, value: u32): void;
@external("mmio", "store8") export declare function store8(address: usize, value: u32): void;

/** Read, change, write: not atomic; where a handler writes the same register, inside `critical`. */
export function set32(address: usize, bits: u32): void {
  store32(address, load32(address) | bits);
}

export function clear32(address: usize, bits: u32): void {
  store32(address, load32(address) & ~bits);
}

/** Replaces the field that `mask` (in place) selects. */
export function field32(address: usize, mask: u32, value: u32): void {
  store32(address, (load32(address) & ~mask) | value);
}
