export { AnalyticsModule } from './analytics.module.js';
export { analyticsAnswers } from './answer.js';
