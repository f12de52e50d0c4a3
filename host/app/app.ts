// Room app: an app declaration (data) → App, checked, with its constants for the firmware.

export { appSchema } from "./app-schema.ts";
export type {
  AnomalyDecision,
  App,
  AppModel,
  AppSensor,
  ClassDecision,
  Decision,
  FirmwareConstants,
  ModelEdge,
  Permit,
  WindowFrontEnd,
} from "./app-types.ts";
export { appModel, checkApp } from "./check-app.ts";
export { firmwareConstants } from "./constants.ts";
export { labelsOf } from "./decision-constants.ts";
export { hashOf, hashOfApp } from "./hash.ts";
export { parseApp } from "./parse-app.ts";
export {
  findSensor,
  type SensorChannel,
  type SensorRow,
  sensorChannels,
  sensorOn,
  toRaw,
} from "./sensors.ts";
export { openSession, type Session, type SessionModule, type WindowResult } from "./session.ts";
