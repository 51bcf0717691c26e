import { state } from './state.mjs';

const execution = { scenario: { get iterationInTest() { return state.iteration; }, get name() { return state.scenario; } } };
export default execution;
