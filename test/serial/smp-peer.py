# smpclient (PyPI) as a judge: speaks SMP to the device on the serial port argv[1]. Echo of many sizes, parameters, application info; group 64 of
# ours (device.md): a recording of argv[2] samples with credits; a capture that is not permitted; reset. Prints "agreed" at the end.
import asyncio
import sys

from smp import message
from smp.error import ErrorV1, ErrorV2
from smpclient import SMPClient
from smpclient.generics import error, success
from smpclient.requests.os_management import EchoWrite, MCUMgrParametersRead, OSApplicationInfoRead, ResetWrite
from smpclient.transport.serial import SMPSerialTransport


class OwnV1(ErrorV1):
    _GROUP_ID = 64


class OwnV2(ErrorV2[int]):
    _GROUP_ID = 64


def command(name, number, fields, answer):
    of = {"__module__": __name__, "_GROUP_ID": 64, "_COMMAND_ID": number}
    optional = {"__annotations__": {key: kind | None for key, kind in answer.items()}, **dict.fromkeys(answer)}
    response = type(name + "Response", (message.WriteResponse,), {**of, **optional})
    more = {"_Response": response, "_ErrorV1": OwnV1, "_ErrorV2": OwnV2}
    return type(name, (message.WriteRequest,), {**of, **more, "__annotations__": fields})


ReplayStart = command("ReplayStart", 0, {"rate": int, "n": int}, {"rc": int})
ReplayData = command("ReplayData", 1, {"seq": int, "bytes": bytes}, {"seq": int, "rc": int})
Capture = command("Capture", 2, {"n": int}, {"channels": int, "rate_mhz": int})


async def main(port, samples):
    async with SMPClient(SMPSerialTransport(), port, timeout_s=10) as client:
        for text in ["", "hello", "x" * 23, "x" * 24, "y" * 255, "y" * 256, "äöü€"]:
            answer = await client.request(EchoWrite(d=text))
            assert success(answer) and answer.r == text, answer
        answer = await client.request(MCUMgrParametersRead())
        assert success(answer) and answer.buf_size >= 300 and answer.buf_count == 1, answer
        answer = await client.request(OSApplicationInfoRead(format="s"))
        assert success(answer) and answer.output == "thumbelina", answer
        answer = await client.request(Capture(n=100))
        assert error(answer) and "11" in str(answer.rc.value if hasattr(answer.rc, "value") else answer.rc), answer
        answer = await client.request(ReplayStart(rate=50, n=samples))
        assert success(answer), answer
        data = bytes((7 * i * i + i // 3) & 0xFF for i in range(6 * samples))
        for seq, at in enumerate(range(0, len(data), 240)):
            answer = await client.request(ReplayData(seq=seq, bytes=data[at : at + 240]))
            assert success(answer) and answer.seq == seq + 1, answer
        answer = await client.request(ResetWrite())
        assert success(answer), answer
    print("agreed")


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
