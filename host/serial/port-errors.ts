// Errors of ports for those who make ports outside this room.

import type { UserError } from "../base/errors.ts";
import { error } from "./errors.ts";

export const portLost = (path: string, reason?: string): UserError => error("lost", { path, reason });

export const notFlashed = (path: string, board: string): UserError => error("not-flashed", { path, board });

export const wrongPort = (port: string, board: string, what: string): UserError =>
  error("wrong-port", { port, board, what });
