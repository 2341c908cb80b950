/** A shorter way for numbers between OpenCascade's WASM and JavaScript.
 *
 * `occt-import-js` takes a file byte by byte and hands out every coordinate on its own, each time through five general
 * calls of emscripten's value table: as dear as the reading itself. Here numbers never enter that table. They stand in a
 * small ring, under handles the table does not use, for the few instructions they live. Everything else goes the usual way. */

type Import = (...args: number[]) => number;
interface EmvalImports {
  as: Import;
  takeValue: Import;
  getProperty: Import;
  setProperty: Import;
  incref: Import;
  decref: Import;
}
const NAMES: Record<keyof EmvalImports, string> = {
  as: '__emval_as',
  takeValue: '__emval_take_value',
  getProperty: '__emval_get_property',
  setProperty: '__emval_set_property',
  incref: '__emval_incref',
  decref: '__emval_decref',
};

const NUMBER = 0x40000000;
/** Numbers live for one call or two; a ring this long never comes round in time to hurt them. */
const RING = 1023;
/** Handle of `undefined` in every value table of emscripten: as a property name it means ours. */
const UNDEFINED = 2;

/** Reads a number of an embind type at a byte offset. */
type Reader = (heap: DataView, at: number) => number;

/** The bytes of a file as OpenCascade may ask for them, and the door to its value table. */
class Content {
  bytes: Uint8Array = new Uint8Array();
  wasAskedForLength = false;
  /** What passes through the door. */
  passed: unknown;

  get length(): number {
    this.wasAskedForLength = true;
    return this.bytes.length;
  }
  get undefined(): unknown {
    return this.passed;
  }
  set undefined(value: unknown) {
    this.passed = value;
  }
}

/** Numbers' short way for one OpenCascade instance. */
export class OcctBridge {
  private readonly content = new Content();
  private contentHandle = 0;
  private memory: WebAssembly.Memory | undefined;
  private heap = new DataView(new ArrayBuffer(0));
  /** Over the same memory as `heap`; empty as soon as that has moved, because it grew. */
  private whole = new Uint8Array();
  private readonly readers = new Map<number, Reader>();
  private readonly ring = new Float64Array(RING + 1);
  private next = 0;
  /** What stands behind table handles that numbers are put into. */
  private readonly known: (unknown[] | undefined)[] = [];

  /** What to pass to `ReadStepFile` instead of the bytes. */
  open(bytes: Uint8Array): unknown {
    this.content.bytes = bytes;
    this.content.wasAskedForLength = false;
    this.contentHandle = 0;
    this.known.length = 0;
    return this.isInstalled ? this.content : bytes;
  }

  /** Lets go of the bytes. */
  close(): void {
    this.content.bytes = new Uint8Array();
    this.content.passed = undefined;
    this.known.length = 0;
  }

  private isInstalled = false;

  /** Puts the short way into a module's imports; leaves them as they are when they are not the ones this knows. */
  install(imports: WebAssembly.Imports): void {
    for (const group of Object.values(imports)) {
      const keyOf = (name: string) => Object.keys(group).find((key) => (group[key] as { name?: string }).name === name);
      const keys = Object.entries(NAMES).map(([role, name]) => [role, keyOf(name)] as const);
      const integer = keyOf('__embind_register_integer');
      const float = keyOf('__embind_register_float');
      if (!integer || !float || keys.some(([, key]) => key === undefined)) continue;
      const old = Object.fromEntries(keys.map(([role, key]) => [role, group[key!]])) as unknown as EmvalImports;
      const ours = this.shortWay(old);
      for (const [role, key] of keys) group[key!] = ours[role as keyof EmvalImports];
      group[integer] = this.learning(
        group[integer] as Import,
        (size, min) => INTEGERS[`${size}${min === 0 ? 'u' : ''}`],
      );
      group[float] = this.learning(group[float] as Import, (size) => FLOATS[size]);
      this.isInstalled = true;
      return;
    }
  }

  /** Tells where the instance keeps its memory. */
  attach(instance: WebAssembly.Instance): void {
    this.memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
  }

  private learning(register: Import, readerOf: (size: number, min: number) => Reader | undefined): Import {
    return (type, name, size, min, max) => {
      const reader = readerOf(size!, min!);
      if (reader) this.readers.set(type!, reader);
      return register(type!, name!, size!, min!, max!);
    };
  }

  private shortWay(old: EmvalImports): EmvalImports {
    const { content, ring, readers, known } = this;
    /** The value behind a handle of the table, or the number behind one of ours. */
    const behind = (handle: number): unknown => {
      if (handle >= NUMBER) return ring[handle - NUMBER];
      old.setProperty(this.contentHandle, UNDEFINED, handle);
      return content.passed;
    };
    /** A handle of the table for a value. */
    const handleOf = (value: unknown): number => {
      content.passed = value;
      return old.getProperty(this.contentHandle, UNDEFINED);
    };
    return {
      takeValue: (type, at) => {
        const read = this.contentHandle > 0 ? readers.get(type!) : undefined;
        if (!read) return old.takeValue(type!, at!);
        if (this.whole.length === 0) {
          this.whole = new Uint8Array(this.memory!.buffer);
          this.heap = new DataView(this.memory!.buffer);
        }
        this.next = (this.next + 1) & RING;
        ring[this.next] = read(this.heap, at!);
        return NUMBER + this.next;
      },
      as: (handle, type, destructors) =>
        handle! >= NUMBER ? ring[handle! - NUMBER]! : old.as(handle!, type!, destructors!),
      getProperty: (handle, key) => {
        if (key! < NUMBER) {
          const found = old.getProperty(handle!, key!);
          if (content.wasAskedForLength && this.contentHandle === 0) this.contentHandle = handle!;
          return found;
        }
        if (handle !== this.contentHandle) {
          return handleOf((behind(handle!) as Record<number, unknown>)[ring[key! - NUMBER]!]);
        }
        this.next = (this.next + 1) & RING;
        ring[this.next] = content.bytes[ring[key! - NUMBER]!]!;
        return NUMBER + this.next;
      },
      setProperty: (handle, key, value) => {
        if (key! < NUMBER && value! < NUMBER) return old.setProperty(handle!, key!, value!);
        let target = known[handle!];
        if (!target) {
          target = behind(handle!) as unknown[];
          known[handle!] = target;
        }
        target[behind(key!) as number] = behind(value!);
        return 0;
      },
      incref: (handle) => (handle! >= NUMBER ? 0 : old.incref(handle!)),
      decref: (handle) => {
        if (handle! >= NUMBER) return 0;
        known[handle!] = undefined;
        return old.decref(handle!);
      },
    };
  }
}

/** By size in bytes, `u` for those without a sign. */
const INTEGERS: Record<string, Reader> = {
  '1': (heap, at) => heap.getInt8(at),
  '1u': (heap, at) => heap.getUint8(at),
  '2': (heap, at) => heap.getInt16(at, true),
  '2u': (heap, at) => heap.getUint16(at, true),
  '4': (heap, at) => heap.getInt32(at, true),
  '4u': (heap, at) => heap.getUint32(at, true),
};
const FLOATS: Record<number, Reader> = {
  4: (heap, at) => heap.getFloat32(at, true),
  8: (heap, at) => heap.getFloat64(at, true),
};
