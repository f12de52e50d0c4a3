// A few cycles between two looks at a register that takes microseconds to change: the bus is left to others, and a simulator has less to
// simulate. No measure of time: whoever waits has a limit by the timer.

/** At least once. */
export function pause(turns: u32): void {
  let left = turns;
  do left--;
  while (left);
}
