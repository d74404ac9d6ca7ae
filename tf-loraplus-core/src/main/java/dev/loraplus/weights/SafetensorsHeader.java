package dev.loraplus.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The JSON header of a safetensors file, read strictly: an object of tensors, each with exactly
 * {@code dtype}, {@code shape} and {@code data_offsets}, and optional {@code __metadata__} of
 * strings. Nothing in it is trusted to be within the file; {@link SafetensorsFile} checks that.
 */
final class SafetensorsHeader {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  static final String METADATA = "__metadata__";

  /** A tensor as the header states it; offsets count from the end of the header. */
  record Entry(String name, String dtype, List<Long> shape, long begin, long end) {}

  private final WeightFile file;
  private final JsonParser json;

  private SafetensorsHeader(WeightFile file, JsonParser json) {
    this.file = file;
    this.json = json;
  }

  /** Parses the header in the order of its text. */
  static List<Entry> parse(WeightFile file, byte[] text) {
    // A strict decoder: given bytes, the parser would guess UTF-16 and UTF-32 as well.
    var decoder = StandardCharsets.UTF_8.newDecoder();
    try (JsonParser json =
        JSON.createParser(new InputStreamReader(new ByteArrayInputStream(text), decoder))) {
      return new SafetensorsHeader(file, json).entries();
    } catch (IOException e) {
      throw new WeightException(
          file.path() + ": the safetensors header is not valid JSON: " + firstLine(e), e);
    }
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private List<Entry> entries() throws IOException {
    List<Entry> result = new ArrayList<>();
    expect(json.nextToken(), JsonToken.START_OBJECT, "an object");
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      if (name.equals(METADATA)) {
        metadata();
      } else {
        result.add(entry(name));
      }
    }
    if (json.nextToken() != null) {
      throw file.error("the safetensors header goes on after its closing brace");
    }
    return result;
  }

  private void metadata() throws IOException {
    expect(json.nextToken(), JsonToken.START_OBJECT, METADATA + " to be an object");
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      expect(json.nextToken(), JsonToken.VALUE_STRING, METADATA + " to hold strings only");
    }
  }

  private Entry entry(String name) throws IOException {
    String where = "tensor '" + name + "' to have ";
    expect(json.nextToken(), JsonToken.START_OBJECT, where + "an object");
    String dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      switch (field) {
        case "dtype" -> {
          expect(value, JsonToken.VALUE_STRING, where + "a string as dtype");
          dtype = json.getText();
        }
        case "shape" -> shape = integers(value, where + "a shape of integers");
        case "data_offsets" -> offsets = integers(value, where + "integer data_offsets");
        default -> throw expected(where + "dtype, shape and data_offsets only, not " + field);
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
      Set<String> missing = new TreeSet<>();
      addIf(missing, dtype == null, "a dtype");
      addIf(missing, shape == null, "a shape");
      addIf(missing, offsets == null || offsets.size() != 2, "two data_offsets");
      throw expected(where + String.join(" and ", missing));
    }
    return new Entry(name, dtype, shape, offsets.get(0), offsets.get(1));
  }

  private static void addIf(Set<String> set, boolean condition, String word) {
    if (condition) {
      set.add(word);
    }
  }

  private List<Long> integers(@Nullable JsonToken start, String what) throws IOException {
    expect(start, JsonToken.START_ARRAY, what);
    List<Long> result = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, what);
      result.add(json.getLongValue());
    }
    return List.copyOf(result);
  }

  private void expect(@Nullable JsonToken actual, JsonToken wanted, String what) {
    if (actual != wanted) {
      throw expected(what);
    }
  }

  private WeightException expected(String what) {
    return file.error("the safetensors header needs " + what);
  }
}
