// From a chip file's word for a UART to its model.

import type { Uart } from "../../board/board.ts";
import { CmsdkUart } from "./cmsdk-uart.ts";
import { NrfUart } from "./nrf-uart.ts";
import { Pl011 } from "./pl011.ts";
import { Stm32Usart } from "./stm32-usart.ts";
import type { UartDevice, UartPorts } from "./uart.ts";

export function makeUart(model: Uart["model"], ports: UartPorts): UartDevice {
  switch (model) {
    case "pl011":
      return new Pl011(ports);
    case "stm32-v1":
      return new Stm32Usart(ports, 1);
    case "stm32-v2":
      return new Stm32Usart(ports, 2);
    case "stm32-lpuart":
      return new Stm32Usart(ports, "low-power");
    case "nrf-uart":
      return new NrfUart(ports, false);
    case "nrf-uarte":
      return new NrfUart(ports, true);
    case "cmsdk":
      return new CmsdkUart(ports);
  }
}
