package dev.loraplus.weights;

import com.google.protobuf.ByteString;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A sorted table of keys and values, the file format of LevelDB that TensorFlow uses for the index
 * of a checkpoint: data blocks, an index block that points to them, and a footer that points to the
 * index.
 */
final class SortedTable {
  private static final long MAGIC = 0xdb4775248b80fb57L;
  private static final int FOOTER_BYTES = 48;

  /** Behind each block: its compression and its checksum. */
  private static final int TRAILER_BYTES = 5;

  private static final int MAX_BLOCK_BYTES = 1 << 26;
  private static final int UNCOMPRESSED = 0;
  private static final int SNAPPY = 1;

  /** Added to checksums so that the checksum of data that holds checksums stays a good one. */
  private static final int MASK_DELTA = 0xa282ead8;

  private static final Comparator<ByteString> ORDER =
      ByteString.unsignedLexicographicalComparator();

  private final WeightFile file;

  private SortedTable(WeightFile file) {
    this.file = file;
  }

  /** All entries, in ascending order of the keys. */
  static Map<ByteString, ByteString> read(WeightFile file) {
    return new SortedTable(file).entries();
  }

  /** Undoes the masking: rotates the bits back by 15. */
  static int unmask(int masked) {
    return Integer.rotateLeft(masked - MASK_DELTA, 15);
  }

  private Map<ByteString, ByteString> entries() {
    if (file.size() < FOOTER_BYTES) {
      throw file.error("truncated: no checkpoint index has only " + file.size() + " bytes");
    }
    ByteBuffer footer = file.bytes(file.size() - FOOTER_BYTES, FOOTER_BYTES);
    if (footer.getLong(FOOTER_BYTES - Long.BYTES) != MAGIC) {
      throw file.error("not a checkpoint index, or truncated: its last bytes are not the magic");
    }
    try {
      block(handle(footer)); // The meta-index, which holds no tensors.
      List<Entry> index = new ArrayList<>();
      addEntries(block(handle(footer)), index);
      List<Entry> data = new ArrayList<>();
      for (Entry pointer : index) {
        addEntries(block(handle(pointer.value().asReadOnlyByteBuffer())), data);
      }
      Map<ByteString, ByteString> result = new LinkedHashMap<>();
      data.forEach(entry -> result.put(entry.key(), entry.value()));
      return result;
    } catch (BufferUnderflowException e) {
      throw new WeightException(file.path() + ": damaged: an entry is cut off", e);
    }
  }

  /** A key and its value. */
  private record Entry(ByteString key, ByteString value) {}

  /** Where a block lies. */
  private record Handle(long offset, long size) {}

  private Handle handle(ByteBuffer buffer) {
    long offset = varint(buffer);
    return new Handle(offset, varint(buffer));
  }

  private ByteBuffer block(Handle handle) {
    if (handle.size() < Integer.BYTES || handle.size() > MAX_BLOCK_BYTES) {
      throw file.error("damaged: a block of " + Long.toUnsignedString(handle.size()) + " bytes");
    }
    int size = (int) handle.size();
    ByteBuffer buffer = file.bytes(handle.offset(), size + TRAILER_BYTES);
    int compression = buffer.get(size);
    if (compression != UNCOMPRESSED) {
      throw file.error(
          "the index is compressed ("
              + (compression == SNAPPY ? "snappy" : "type " + compression)
              + "), which is not supported; TensorFlow itself writes it uncompressed");
    }
    CRC32C checksum = new CRC32C();
    checksum.update(buffer.slice(0, size + 1));
    if ((int) checksum.getValue() != unmask(buffer.getInt(size + 1))) {
      throw file.error("damaged: the checksum of the block at " + handle.offset() + " is wrong");
    }
    return buffer.limit(size);
  }

  /**
   * Entries of a block: lengths of the shared and the new part of the key and of the value, then
   * both. The restart points at the end serve searches only.
   */
  private void addEntries(ByteBuffer block, List<Entry> target) {
    long restarts = Integer.toUnsignedLong(block.getInt(block.limit() - Integer.BYTES));
    long end = block.limit() - Integer.BYTES * (restarts + 1);
    if (end < 0) {
      throw file.error("damaged: a block with " + restarts + " restart points");
    }
    ByteBuffer entries = block.limit((int) end);
    ByteString key = ByteString.EMPTY;
    while (entries.hasRemaining()) {
      int shared = length(entries, key.size());
      int unshared = length(entries, MAX_BLOCK_BYTES);
      int valueLength = length(entries, MAX_BLOCK_BYTES);
      key = key.substring(0, shared).concat(take(entries, unshared));
      // A pointer to the same block twice fails here, so no index makes reading it endless.
      if (!target.isEmpty() && ORDER.compare(target.get(target.size() - 1).key(), key) >= 0) {
        throw file.error("damaged: the keys are not in ascending order");
      }
      target.add(new Entry(key, take(entries, valueLength)));
    }
  }

  private int length(ByteBuffer buffer, int limit) {
    long value = varint(buffer);
    if (value < 0 || value > limit) {
      throw file.error("damaged: a length of " + Long.toUnsignedString(value));
    }
    return (int) value;
  }

  private ByteString take(ByteBuffer buffer, int length) {
    if (length > buffer.remaining()) {
      throw file.error("damaged: an entry of " + length + " bytes is cut off");
    }
    return ByteString.copyFrom(buffer, length);
  }

  private long varint(ByteBuffer buffer) {
    long result = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = buffer.get();
      result |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return result;
      }
    }
    throw file.error("damaged: a number of more than 10 bytes");
  }
}
