// The simulated peripherals by the name that a chip's `devices` use. A row makes the model from its ports; `pinMux` says that it routes
// the chip's signals to pins (world.route): a chip without such a model has every signal on any pin.

import { cmsdkModels } from "./cmsdk/models.ts";
import { nrfModels } from "./nrf/models.ts";
import type { Peripheral, PeripheralPorts } from "./peripheral.ts";
import { rp2040Models } from "./rp2040/models.ts";
import { stm32Models } from "./stm32/models.ts";

export interface PeripheralModel {
  readonly make: (ports: PeripheralPorts) => Peripheral;
  readonly pinMux?: true;
}

export const peripheralModels: Readonly<Record<string, PeripheralModel>> = {
  ...cmsdkModels,
  ...nrfModels,
  ...rp2040Models,
  ...stm32Models,
};
