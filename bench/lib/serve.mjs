// The child process of a Node peer: imports the peer's file and runs its server.
import { pathToFileURL } from 'node:url';

const exported = Object.values(await import(pathToFileURL(process.argv[2])));
const peer = exported.find((value) => typeof value.serve === 'function');
await peer.serve({ port: Number(process.env.PORT), upstream: process.env.UPSTREAM });
