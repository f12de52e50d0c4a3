// Simulated 3-axis accelerometer signals of six motions, 50 samples a second, in g.
//
// An accelerometer measures specific force: what is felt, in the device's own axes. World axes here: x forward, y to the
// left, z up; a device at rest feels +1 g along up. Each motion below is a function of time in world axes; the device's
// orientation, the sensor's gain, offset and noise come on top (`record`).
//
//   idle    lying or held: breathing, tremor of 8–12 Hz
//   walk    1.5–2.3 steps a second: harmonics of the step vertically and forward, of the stride (two steps) sideways
//   run     2.3–3.3 steps a second: a half sine of force while the foot is down, free fall in between
//   shake   3–6.5 Hz to and fro along one line, in any direction
//   circle  0.7–1.7 turns a second on an ellipse in any plane: the centripetal force turns with it
//   tap     a still device knocked 1.2–4 times a second: short impacts that ring
//
// Figures for gait: Zijlstra and Hof 2003 (walking), Novacheck 1998 (running: contact times); the rest is chosen wide.

import { normal, type Random, randomFrom } from "../../host/index.ts";
import { add, plane, type Rotation, randomDirection, rotate, rotationAround, scale, type Vector } from "./vectors.ts";

export const classes = ["idle", "walk", "run", "shake", "circle", "tap"] as const;
export type Motion = (typeof classes)[number];

export const rateHz = 50;
/** The sensor's range: what is beyond is cut. */
export const rangeG = 4;

/** What is a person's own, whatever they do. */
export interface Person {
  /** Steps a second when walking. */
  readonly walkHz: number;
  readonly runHz: number;
  /** How hard steps are, 1 on average. */
  readonly vigour: number;
  /** Of each step the foot is on the ground, when running. */
  readonly duty: number;
  /** Difference between left and right steps. */
  readonly limp: number;
  readonly shakeHz: number;
  readonly turnHz: number;
  readonly armM: number;
  readonly tapHz: number;
  readonly tremorG: number;
}

export function person(id: number): Person {
  const random = randomFrom(0x9e37 + id);
  const between = (low: number, high: number): number => low + (high - low) * random();
  return {
    walkHz: between(1.55, 2.2),
    runHz: between(2.4, 3.15),
    vigour: between(0.7, 1.35),
    duty: between(0.55, 0.8),
    limp: between(0, 0.25),
    shakeHz: between(3.4, 6),
    turnHz: between(0.8, 1.5),
    armM: between(0.12, 0.32),
    tapHz: between(1.3, 3.2),
    tremorG: between(0.003, 0.012),
  };
}

/** Specific force in world axes at time t. */
type Signal = (t: number) => Vector;

const up: Vector = [0, 0, 1];
const g = 9.81;
const turn = 2 * Math.PI;

/** How the device sits and how good its sensor is. */
export interface Setting {
  /** World axes → device axes. */
  readonly orientation: Rotation;
  /** 1 when it is right. */
  readonly gain: number;
  readonly offsetG: Vector;
  /** Standard deviation. */
  readonly noiseG: number;
}

/** `count` samples [x, y, z, x, y, z, …] of one motion. */
export function record(motion: Motion, who: Person, setting: Setting, count: number, random: Random): Float32Array {
  const signal = motions[motion](who, random);
  const sway = wobble(random, motion === "idle" || motion === "tap" ? 0.03 : 0.15);
  const tremor = tremors(who.tremorG, random);
  const samples = new Float32Array(3 * count);
  const start = 1000 * random();
  for (let i = 0; i < count; i++) {
    const t = start + i / rateHz;
    const felt = rotate(setting.orientation, rotate(sway(t), add(signal(t), tremor(t))));
    felt.forEach((value, axis) => {
      const measured = setting.gain * value + setting.offsetG[axis]! + setting.noiseG * normal(random);
      samples[3 * i + axis] = Math.max(-rangeG, Math.min(rangeG, measured));
    });
  }
  return samples;
}

const motions: Readonly<Record<Motion, (who: Person, random: Random) => Signal>> = {
  idle(_, random) {
    const [breath, depth] = [0.2 + 0.2 * random(), 0.002 + 0.008 * random()];
    return (t) => scale(up, 1 + depth * Math.sin(turn * breath * t));
  },
  walk(who, random) {
    const hz = jittered(who.walkHz, random);
    const pace = cadence(hz, random);
    const [phase, lag] = [random(), random()];
    const strength = who.vigour * (hz / 1.9) ** 1.5 * (0.85 + 0.3 * random());
    return (t) => {
      const step = pace(t) + phase;
      const uneven = 1 + who.limp * Math.sin(Math.PI * step);
      const wave = (harmonic: number, shift: number): number => Math.sin(turn * (harmonic * step + shift));
      const vertical = 0.28 * wave(1, 0) + 0.12 * wave(2, lag) + 0.05 * wave(3, 2 * lag);
      const forward = 0.16 * wave(1, 0.25) + 0.07 * wave(2, 0.25 + lag);
      const sideways = 0.12 * wave(0.5, lag) + 0.04 * wave(1.5, 0);
      return add(up, scale([forward, sideways, vertical], strength * uneven));
    };
  },
  run(who, random) {
    const pace = cadence(jittered(who.runHz, random), random);
    const phase = random();
    const duty = Math.min(0.85, Math.max(0.5, jittered(who.duty, random)));
    // On average the ground carries the body's weight: the half sine's peak follows from the contact time.
    const peak = Math.PI / 2 / duty;
    const forwardG = 0.35 * who.vigour * (0.8 + 0.4 * random());
    return (t) => {
      const step = pace(t) + phase;
      const at = step - Math.floor(step);
      const uneven = 1 + 0.5 * who.limp * Math.sin(Math.PI * step);
      if (at > duty) return [0, 0, 0];
      const force = peak * Math.sin((Math.PI * at) / duty) * uneven;
      const impact = 0.6 * who.vigour * Math.exp(-(((at - 0.08) / 0.05) ** 2));
      const forward = -forwardG * Math.cos((Math.PI * at) / duty) * force;
      return [forward, 0.15 * Math.sin(Math.PI * step) * force, force + impact];
    };
  },
  shake(who, random) {
    const pace = cadence(jittered(who.shakeHz, random), random);
    const line = randomDirection(random);
    const [across] = plane(line);
    const [amplitude, curve, phase] = [(0.9 + 1.9 * random()) * who.vigour, 0.3 * random(), random()];
    return (t) => {
      const at = turn * (pace(t) + phase);
      const along = Math.sin(at) + 0.15 * Math.sin(3 * at);
      return add(up, scale(line, amplitude * along), scale(across, amplitude * curve * Math.sin(at + 1)));
    };
  },
  circle(who, random) {
    const hz = jittered(who.turnHz, random);
    const pace = cadence(hz, random);
    const [a, b] = plane(randomDirection(random));
    // An arm moves at most at some 2.4 m/s here: fast turns are small ones.
    const radius = Math.min(jittered(who.armM, random), 2.4 / (turn * hz));
    const force = (radius * (turn * hz) ** 2) / g;
    const [flat, sense, phase] = [0.7 + 0.3 * random(), random() < 0.5 ? 1 : -1, random()];
    return (t) => {
      const at = turn * (pace(t) + phase);
      return add(up, scale(a, -force * Math.cos(at)), scale(b, -force * flat * sense * Math.sin(at)));
    };
  },
  tap(who, random) {
    const [period, ringHz, decay] = [1 / jittered(who.tapHz, random), 11 + 9 * random(), 0.02 + 0.03 * random()];
    const line = randomDirection(random);
    const strength = (0.6 + 1.6 * random()) * who.vigour;
    const seed = Math.floor(2 ** 31 * random());
    // Knock n comes at a moment, and with a strength, of its own.
    const knock = (n: number) => {
      const own = randomFrom(seed + n);
      return { at: (n + 0.5 + 0.4 * (own() - 0.5)) * period, strength: strength * (0.7 + 0.6 * own()) };
    };
    return (t) => {
      const n = Math.floor(t / period);
      const felt = [n - 1, n].map((index) => {
        const { at, strength: hit } = knock(index);
        const since = t - at;
        return since < 0 ? 0 : hit * Math.exp(-since / decay) * Math.cos(turn * ringHz * since);
      });
      return add(up, scale(line, felt[0]! + felt[1]!));
    };
  },
};

function jittered(value: number, random: Random): number {
  return value * (0.93 + 0.14 * random());
}

/** Cycles since the start at a rate that drifts slowly by a few percent. */
function cadence(hz: number, random: Random): Signal1 {
  const [drift, depth, phase] = [0.05 + 0.15 * random(), 0.05 * random(), turn * random()];
  return (t) => hz * t + ((depth * hz) / (turn * drift)) * Math.sin(turn * drift * t + phase);
}

type Signal1 = (t: number) => number;

/** The device moves a little in pocket or hand: a slow turning to and fro about some axis. */
function wobble(random: Random, radians: number): (t: number) => Rotation {
  const axis = randomDirection(random);
  const [hz, phase, depth] = [0.1 + 0.5 * random(), turn * random(), radians * random()];
  return (t) => rotationAround(axis, depth * Math.sin(turn * hz * t + phase));
}

function tremors(strength: number, random: Random): Signal {
  const [line, hz, phase] = [randomDirection(random), 8 + 4 * random(), turn * random()];
  return (t) => scale(line, strength * Math.sin(turn * hz * t + phase));
}
