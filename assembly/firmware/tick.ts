// What happens at the alarm of the time base; the handler of every timer driver calls it. An app samples its sensor then
// (sampling_alarm), a program without sensor only wakes up (quiet_alarm): the image says which serves `tick`.

@external("tick", "alarm") declare function tickAlarm(): void;

export function alarmFired(): void {
  tickAlarm();
}

export function quiet_alarm(): void {}
