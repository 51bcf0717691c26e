import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { SpanKind } from '@opentelemetry/api';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { SpanExportConfig } from '../../config/index.js';
import { openCollector } from './collector.js';
import { FinishedSpan, UNSET } from './finished-span.js';

const context = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
const span = new FinishedSpan({ name: 'x', kind: SpanKind.SERVER, context, parent: undefined, startedAt: 0, endedAt: 1, status: UNSET, attributes: {} }, { resource: resourceFromAttributes({}), scope: { name: 'spec' } });
const config: SpanExportConfig = { use: 'otlp-http', headers: {}, compression: 'none', timeout: 10_000, every: 10, queue: 10 };

async function listening<T extends Server | TcpServer>(server: T): Promise<{ server: T; port: number }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

async function exported(settings: Partial<SpanExportConfig>): Promise<ExportResult> {
  const collector = await openCollector({ ...config, ...settings });
  const result = await new Promise<ExportResult>((resolve) => collector.export([span], resolve));
  collector.close();
  return result;
}

describe('O3: a collector that is not as it should be', () => {
  it.each([200, 400])('answers %d, a byte at a time, for ever: the batch is over when its time is', async (status) => {
    const { port, server } = await listening(createServer((request, response) => {
      request.resume().once('end', () => {
        response.writeHead(status);
        const drip = setInterval(() => response.write('x'), 20);
        response.once('close', () => clearInterval(drip));
      });
    }));
    // Long enough for its status to arrive on a machine that stands still for a moment.
    expect((await exported({ url: `http://127.0.0.1:${port}/`, timeout: 3_000 })).code).toBe(status === 200 ? ExportResultCode.SUCCESS : ExportResultCode.FAILED);
    server.close();
  });

  it('sends elsewhere: nobody follows', async () => {
    const paths: string[] = [];
    const { port, server } = await listening(createServer((request, response) => {
      paths.push(request.url as string);
      request.resume().once('end', () => response.writeHead(307, { location: '/elsewhere', connection: 'close' }).end());
    }));
    expect(await exported({ url: `http://127.0.0.1:${port}/v1/traces` })).toMatchObject({ code: ExportResultCode.FAILED, error: { code: 307 } });
    expect(paths).toEqual(['/v1/traces']);
    server.close();
  });

  it.each(['http_proxy', 'https_proxy', 'grpc_proxy'])('gRPC takes no proxy from the environment: %s', async (name) => {
    let calls = 0;
    const { port, server } = await listening(createTcpServer((socket) => {
      calls++;
      socket.destroy();
    }));
    process.env[name] = `http://127.0.0.1:${port}`;
    try {
      expect((await exported({ use: 'otlp-grpc', url: 'http://127.0.0.1:1', timeout: 200 })).code).toBe(ExportResultCode.FAILED);
      expect([calls, process.env[name]]).toEqual([0, `http://127.0.0.1:${port}`]);
    } finally {
      delete process.env[name];
      server.close();
    }
  });
});
