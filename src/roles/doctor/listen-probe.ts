import { createServer } from 'node:net';
import type { DoctorCheckJson } from '../../api/skopos/doctor-contract.ts';
import type { LoadedConfig } from '../../config/load-config.ts';
import type { Probe } from './doctor.ts';

const check = { id: 'listen', title: 'Address' };

type Listening = Pick<LoadedConfig, 'listen' | 'address'> & { readonly token?: unknown };

/** How the address of a process that listens is guarded. */
export function listenCheck({ listen, address, token }: Listening): DoctorCheckJson {
  const guarded = token === undefined ? 'only this machine reaches it' : 'a token is asked for';
  return {
    ...check,
    // Without a token it does not start on another address.
    state: address.isLoopback || token !== undefined ? 'ok' : 'fail',
    message: `listens on ${listen}; ${guarded}`,
    advice: '',
  };
}

/** Whether the address could be listened on now. */
export function portProbe(config: Listening): Probe {
  return {
    ...check,
    async run() {
      const { host, port } = config.address;
      const problem = await listenProblem(host, port);
      const said = listenCheck(config);
      if (problem === '')
        return [{ ...said, message: said.message.replace('listens on', 'would listen on') }];
      return [
        {
          ...check,
          state: problem === 'EADDRINUSE' ? 'warn' : 'fail',
          message:
            problem === 'EADDRINUSE'
              ? `${config.listen} is taken: by another Skopos, perhaps`
              : `${config.listen} cannot be listened on: ${problem}`,
          advice: `Ask what runs there with \`skopos doctor --url http://${config.listen}\`, or choose another address with \`listen\`.`,
        },
      ];
    },
  };
}

async function listenProblem(host: string, port: number): Promise<string> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve('')));
  });
}
