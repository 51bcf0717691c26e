import type { Address } from '#libs/kernel';
import { News } from './news.js';

const a: Address = { url: 'http://a:1', weight: 1, zone: '', priority: 0 };
const b: Address = { ...a, url: 'http://b:1' };

describe('news', () => {
  let told: unknown[];
  let news: News;
  beforeEach(() => {
    told = [];
    news = new News({ found: (addresses) => told.push(addresses), lost: (why) => told.push(why) });
  });

  it('is an empty list at first', () => {
    news.found([]);
    expect(told).toEqual([[]]);
  });

  it('is another list, not another order', () => {
    news.found([a, b]);
    news.found([b, a]);
    news.found([b]);
    expect(told).toEqual([[a, b], [b]]);
  });

  it.each([{ weight: 2 }, { zone: 'eu' }, { priority: 1 }])('is another place: %j', (change) => {
    news.found([a]);
    news.found([{ ...a, ...change }]);
    expect(told).toHaveLength(2);
  });

  it('is the end of an outage, and another reason for one', () => {
    news.found([a]);
    news.lost('gone');
    news.lost('gone');
    news.lost('mad');
    news.found([a]);
    expect(told).toEqual([[a], 'gone', 'mad', [a]]);
  });

  it('is over after its end', () => {
    news.end();
    news.found([a]);
    news.lost('gone');
    expect(told).toEqual([]);
  });
});
