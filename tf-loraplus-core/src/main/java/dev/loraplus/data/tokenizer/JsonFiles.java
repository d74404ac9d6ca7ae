package dev.loraplus.data.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.data.DataException;
import dev.loraplus.json.JsonTree;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads small files, with faults that name them. */
final class JsonFiles {
  private JsonFiles() {}

  static ObjectNode read(Path file) {
    try {
      if (JsonTree.parse(text(file)) instanceof ObjectNode object) {
        return object;
      }
      throw fault(file, "must be a JSON object");
    } catch (JsonProcessingException e) {
      String reason = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new DataException(file + ", line " + line + ": not valid JSON: " + reason, e);
    }
  }

  static String text(Path file) {
    try {
      String text = Files.readString(file);
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (NoSuchFileException e) {
      throw new DataException(file + ": no such file", e);
    } catch (CharacterCodingException e) {
      throw new DataException(file + ": not valid UTF-8", e);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  static DataException fault(Path file, String message) {
    return new DataException(file + ": " + message);
  }
}
