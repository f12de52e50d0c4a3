// The app declaration as data: which sensor, how its samples become the model's input, what a decision is, what may leave the device.
//
//   app.json ── parseApp ──▶ App ── checkApp(model) ──▶ firmwareConstants ──▶ config, tables, texts of the firmware
//
// An app is never code, and nothing of it is parsed on the device. Times are in the units their names say; values are physical units
// (g, °C, full scale of a microphone) and probabilities 0…1: what they are in steps of sensor and model is computed, never written.

/** Driver and its settings; a board may have another sensor of the same kind on it. */
export interface AppSensor {
  /** A row of sensors.ts. */
  readonly driver: string;
  /** Name of the feed that stands for the world in simulation: "accelerometer", "mic". */
  readonly input: string;
  readonly rateHz: number;
  readonly channels: number;
  /** ± full scale in the driver's unit (g); absent where a driver has one only. */
  readonly range?: number;
  /** ± full scale of the gyroscope, degrees a second; with six channels. */
  readonly gyroRange?: number;
  /** I2C, 7 bits; absent: the driver's first. */
  readonly address?: number;
  /** What is different on a board, by its name. */
  readonly boards?: Readonly<Record<string, SensorDifference>>;
}

export interface SensorDifference {
  readonly driver?: string;
  readonly address?: number;
  readonly range?: number;
  readonly gyroRange?: number;
}

/** The last `length` samples, all channels of one after all channels of the one before, every `hop` samples. */
export interface WindowFrontEnd {
  readonly kind: "window";
  readonly length: number;
  readonly hop: number;
  /** The model's value = scale · sensor value + offset; one for all channels or one each. Default 1 and 0. */
  readonly scale: number | readonly number[];
  readonly offset: number | readonly number[];
}

interface DecisionTiming {
  /** Windows whose scores are averaged. */
  readonly average: number;
  /** After a detection the same label waits this long, and until its mean has fallen below `release`. */
  readonly refractorySeconds: number;
}

/** The label of the greatest mean, where it reaches the threshold. */
export interface ClassDecision extends DecisionTiming {
  readonly kind: "classes";
  readonly labels: readonly string[];
  /** Labels that are never reported: background, silence. */
  readonly ignore: readonly string[];
  /** 0…1, one for all or by label. */
  readonly threshold: number | Readonly<Record<string, number>>;
  /** 0…1, one for all; default three quarters of the threshold. */
  readonly release?: number;
}

/** One score, greater where the input is stranger. */
export interface AnomalyDecision extends DecisionTiming {
  readonly kind: "anomaly";
  /** "reconstruction": mean squared difference of the model's output and input, in the input's units; "output": the output itself. */
  readonly score: "reconstruction" | "output";
  readonly label: string;
  /** Calibrated on normal data, in the score's units. */
  readonly threshold: number;
  readonly release?: number;
}

export type Decision = ClassDecision | AnomalyDecision;

export const permits = ["raw"] as const;
/** "raw": samples may leave the device. */
export type Permit = (typeof permits)[number];

export const consoles = ["uart", "usb"] as const;

export interface App {
  readonly name: string;
  readonly title?: string;
  /** Path of the model file, from the app's folder. */
  readonly model: string;
  readonly sensor: AppSensor;
  readonly frontEnd: WindowFrontEnd;
  readonly decision: Decision;
  readonly permits: readonly Permit[];
  readonly watchdogMs: number;
  /** The board's line that it speaks on; default: the board's own console. */
  readonly console?: (typeof consoles)[number];
}

/** Element types that front end and decision can fill and read. */
export const modelTypes = ["int8", "uint8", "int16", "float32"] as const;
export type ModelType = (typeof modelTypes)[number];

export interface ModelEdge {
  readonly dtype: ModelType;
  readonly elements: number;
  /** real = scale · (q − zeroPoint); float32: 1 and 0. */
  readonly scale: number;
  readonly zeroPoint: number;
}

/** What an app must know of its model. */
export interface AppModel {
  readonly input: ModelEdge;
  readonly output: ModelEdge;
  /** First 8 hexadecimal digits of the file's SHA-256. */
  readonly hash: string;
}

/** The app's share of a firmware image; names are those of the `config`, `table` and `text` imports of assembly/. */
export interface FirmwareConstants {
  /** i32 each. */
  readonly config: Readonly<Record<string, number>>;
  readonly tables: Readonly<Record<string, Uint8Array>>;
  readonly texts: Readonly<Record<string, string>>;
}
