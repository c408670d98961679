import { type FileHandle, open } from 'node:fs/promises';
import { ByteWriter } from '../byte-writer.ts';

const bufferBytes = 1 << 20;

/** Writes a file from front to end: {@link out} takes bytes at once, {@link drain} hands them to the system. */
export class FileWriter {
  readonly path: string;
  readonly out = new ByteWriter(1 << 16);
  readonly #file: FileHandle;
  #written = 0;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  static async create(path: string): Promise<FileWriter> {
    return new FileWriter(path, await open(path, 'w'));
  }

  /** Of the next byte. */
  get position(): number {
    return this.#written + this.out.length;
  }

  get isFull(): boolean {
    return this.out.length >= bufferBytes;
  }

  /** Zeros up to a multiple of `size`. */
  align(size: number): void {
    while (this.position % size !== 0) this.out.byte(0);
  }

  async drain(): Promise<void> {
    if (this.out.length === 0) return;
    const bytes = this.out.take();
    await this.#write(bytes, this.#written);
    this.#written += bytes.length;
  }

  /** Hands everything to the disk. */
  async end(): Promise<void> {
    try {
      await this.drain();
      await this.#file.sync();
    } finally {
      await this.#file.close();
    }
  }

  /** Closes the file as it is. */
  async abandon(): Promise<void> {
    await this.#file.close().catch(() => undefined);
  }

  async #write(bytes: Uint8Array, position: number): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  }
}
