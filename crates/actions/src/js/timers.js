// Timers, a binary heap by the time they are due and then by their order.
(function (exports, part, native) {
  "use strict";
  const { now } = native;
  const heap = [];
  const timers = new Map();
  let timerId = 0;
  const before = (a, b) => a.due < b.due || (a.due === b.due && a.order < b.order);
  const push = (timer) => {
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!before(timer, heap[above])) break;
      heap[at] = heap[above];
      at = above;
    }
    heap[at] = timer;
  };
  const shift = () => {
    const first = heap[0];
    const last = heap.pop();
    if (heap.length > 0) {
      let at = 0;
      for (;;) {
        let below = 2 * at + 1;
        if (below >= heap.length) break;
        if (below + 1 < heap.length && before(heap[below + 1], heap[below])) below += 1;
        if (!before(heap[below], last)) break;
        heap[at] = heap[below];
        at = below;
      }
      heap[at] = last;
    }
    return first;
  };
  class Timeout {
    constructor(call, items, delay, repeats) {
      if (typeof call !== "function") throw new TypeError("a timer needs a function to call");
      timerId += 1;
      delay = Number(delay);
      this.id = timerId;
      this.order = timerId;
      this.call = call;
      this.items = items;
      // Node: what is no delay between 1 ms and about 25 days is 1 ms.
      this.delay = delay >= 1 && delay <= 2147483647 ? delay : 1;
      this.repeats = repeats;
      timers.set(this.id, this);
    }
    start(delay) {
      this.due = now() + delay;
      push(this);
      return this;
    }
    ref() {
      return this;
    }
    unref() {
      return this;
    }
    hasRef() {
      return true;
    }
    refresh() {
      return this;
    }
    [Symbol.toPrimitive]() {
      return this.id;
    }
  }
  const clear = (timer) => {
    const found = timers.get(typeof timer === "object" ? timer?.id : Number(timer));
    if (found !== undefined) {
      timers.delete(found.id);
      found.call = null;
    }
  };
  const setTimeout = (call, delay, ...items) => {
    const timer = new Timeout(call, items, delay, false);
    return timer.start(timer.delay);
  };
  const setInterval = (call, delay, ...items) => {
    const timer = new Timeout(call, items, delay, true);
    return timer.start(timer.delay);
  };
  const setImmediate = (call, ...items) => new Timeout(call, items, 0, false).start(0);

  // Runs the next timer that is due. Milliseconds until the next one, 0 if one ran, -1 without any.
  const tick = () => {
    while (heap.length > 0 && heap[0].call === null) shift();
    if (heap.length === 0) return -1;
    const wait = heap[0].due - now();
    if (wait > 0) return wait;
    const timer = shift();
    const { call } = timer;
    if (timer.repeats) {
      timerId += 1;
      timer.order = timerId;
      timer.start(timer.delay);
    } else {
      timers.delete(timer.id);
    }
    call(...timer.items);
    return 0;
  };

  Object.assign(exports, { setTimeout, setInterval, setImmediate, clearTimeout: clear, clearInterval: clear, clearImmediate: clear, tick });
});
