// Faults of bus, interrupts and console on boards of the other families; of the sensor itself on one of them, on all in suite "full".

import { describeBoardFaults, describeSensorFaults, sayFigures } from "./fault-cases.ts";

const boards = ["nano33ble", "nucleo-f446re", "nucleo-l4r5zi"];
for (const board of boards) describeBoardFaults(board);
for (const board of process.env.THUMBELINA_SUITE === "full" ? boards : ["nano33ble"]) describeSensorFaults(board);
sayFigures();
