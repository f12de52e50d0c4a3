// Numbers that device and host must agree on. Unannotated on purpose: both AssemblyScript and TypeScript infer them.

/** clock.start */
export const CLOCK_OK = 0;
export const CLOCK_NO_CRYSTAL = 1;
export const CLOCK_NO_PLL = 2;
export const CLOCK_NO_SWITCH = 3;
export const CLOCK_NO_VOLTAGE = 4;

/** power.cause */
export const RESET_UNKNOWN = 0;
export const RESET_POWER_ON = 1;
export const RESET_PIN = 2;
export const RESET_SOFTWARE = 3;
export const RESET_WATCHDOG = 4;
export const RESET_LOCKUP = 5;
export const RESET_BROWNOUT = 6;

/** i2c.* and sensor.* */
export const I2C_OK = 0;
export const I2C_NACK = 1;
export const I2C_TIMEOUT = 2;
export const I2C_STUCK = 3;
export const I2C_ARBITRATION = 4;
export const SENSOR_WRONG_ID = 5;
export const SENSOR_NOT_READY = 6;
export const SENSOR_OVERRUN = 7;
/** The board has none: samples come by replay only. */
export const SENSOR_ABSENT = 8;

/** flash.* */
export const FLASH_OK = 0;
export const FLASH_TIMEOUT = 1;
export const FLASH_REFUSED = 2;
export const FLASH_VERIFY = 3;

/** USB console: endpoint numbers, bytes of a packet, index of the string that is the chip's number. */
export const USB_NOTIFY_ENDPOINT = 1;
export const USB_DATA_ENDPOINT = 2;
export const USB_PACKET_BYTES = 64;
export const USB_SERIAL_STRING = 3;
