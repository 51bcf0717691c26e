export { TracingDirectory, type BuiltTracing } from './tracing-directory.js';
