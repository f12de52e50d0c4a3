// Faults of motion on pico, of each driver of its sensor, and of a sensor that is slow: fault-cases.ts. The other boards: faults-boards.slow.ts.

import {
  describeBoardFaults,
  describeDriverFaults,
  describeSensorFaults,
  sayFigures,
  testSlowSensor,
} from "./fault-cases.ts";

describeBoardFaults("pico");
describeSensorFaults("pico");
for (const driver of ["mpu6050", "lis3dh", "lsm9ds1"]) describeDriverFaults(driver);
testSlowSensor();
sayFigures();
