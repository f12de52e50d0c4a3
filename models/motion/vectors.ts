// Three-dimensional vectors and rotations, as far as an accelerometer needs them.

import { normal, type Random } from "../../host/index.ts";

export type Vector = readonly [x: number, y: number, z: number];
/** Rows of an orthonormal matrix. */
export type Rotation = readonly [Vector, Vector, Vector];

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function add(...vectors: readonly Vector[]): Vector {
  const sum: [number, number, number] = [0, 0, 0];
  for (const [x, y, z] of vectors) {
    sum[0] += x;
    sum[1] += y;
    sum[2] += z;
  }
  return sum;
}

export function scale([x, y, z]: Vector, by: number): Vector {
  return [x * by, y * by, z * by];
}

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function rotate([x, y, z]: Rotation, v: Vector): Vector {
  return [dot(x, v), dot(y, v), dot(z, v)];
}

/** Uniform on the sphere. */
export function randomDirection(random: Random): Vector {
  const v: Vector = [normal(random), normal(random), normal(random)];
  return scale(v, 1 / Math.sqrt(dot(v, v)));
}

/** Two directions that make a right angle with `axis` and each other. */
export function plane(axis: Vector): readonly [Vector, Vector] {
  const other: Vector = Math.abs(axis[0]) < 0.6 ? [1, 0, 0] : [0, 1, 0];
  const first = cross(axis, other);
  const unit = scale(first, 1 / Math.sqrt(dot(first, first)));
  return [unit, cross(axis, unit)];
}

/** By `angle` radians around a unit axis (Rodrigues). */
export function rotationAround(axis: Vector, angle: number): Rotation {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const turned = (v: Vector): Vector => add(scale(v, c), scale(cross(axis, v), s), scale(axis, dot(axis, v) * (1 - c)));
  const [x, y, z] = [turned([1, 0, 0]), turned([0, 1, 0]), turned([0, 0, 1])];
  return [
    [x[0], y[0], z[0]],
    [x[1], y[1], z[1]],
    [x[2], y[2], z[2]],
  ];
}

/** Uniform over all orientations: up goes anywhere, then any turn about it. */
export function randomRotation(random: Random): Rotation {
  const up = randomDirection(random);
  const [a, b] = plane(up);
  const angle = 2 * Math.PI * random();
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const [x, y] = [add(scale(a, c), scale(b, s)), add(scale(a, -s), scale(b, c))];
  // Rows are the device's axes in the world's coordinates, so the world's z (up) reads (x[2], y[2], up[2]).
  return [x, y, up];
}
