// The boot ROM's functions (RP2040 Datasheet 2.8.3): found by two-letter code through rom_table_lookup, whose address is the half word at
// 0x18; the function table's is at 0x14. Called through thumbelina_call (codegen/startup.ts): AssemblyScript has no calls by address.

import { load16 } from "../../mmio";

@external("extern", "thumbelina_call")
declare function call(address: usize, first: u32, second: u32, third: u32): u32;

const FUNCTION_TABLE: usize = 0x14;
const TABLE_LOOKUP: usize = 0x18;

/** Its address, 0: this ROM has none. */
export function romFunction(code: u32): usize {
  return call(load16(TABLE_LOOKUP), load16(FUNCTION_TABLE), code, 0);
}

export function callAddress(address: usize, first: u32, second: u32): u32 {
  return call(address, first, second, 0);
}
