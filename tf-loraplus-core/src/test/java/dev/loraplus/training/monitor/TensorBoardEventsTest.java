package dev.loraplus.training.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;

class TensorBoardEventsTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochMilli(1_700_000_000_500L), ZoneOffset.UTC);

  private final Path directory;

  TensorBoardEventsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void theFileIsByteForByteWhatTensorBoardsOwnWriterWrites() throws IOException {
    // when
    try (TensorBoardEvents events = new TensorBoardEvents(directory, Map.of(), CLOCK)) {
      events.onStart(0, 100);
      events.onStep(Reports.step(1, 1.25, Double.POSITIVE_INFINITY));
      events.onEvaluation(Reports.evaluation(1));
    }

    // then: fixture by src/test/python/tensorboard_events.py
    try (InputStream fixture =
        Objects.requireNonNull(getClass().getResourceAsStream("events.tfevents"))) {
      assertThat(onlyFile()).hasBinaryContent(fixture.readAllBytes());
    }
  }

  @Test
  void aRecordCarriesTheMaskedChecksumOfItsLengthAndData() {
    // given the CRC-32C test vector of RFC 3720: 32 zero bytes -> 0x8a9136aa
    ByteBuffer record = EventFile.frame(new byte[32]).order(ByteOrder.LITTLE_ENDIAN);

    assertThat(record.remaining()).isEqualTo(8 + 4 + 32 + 4);
    assertThat(record.getLong(0)).isEqualTo(32);
    assertThat(record.getInt(44))
        .isEqualTo(((0x8a9136aa >>> 15) | (0x8a9136aa << 17)) + 0xa282ead8);
  }

  @Test
  void aResumedRunTellsTensorBoardToDiscardLaterStepsAndItsFileComesLater() throws IOException {
    // given
    try (TensorBoardEvents events = new TensorBoardEvents(directory, Map.of(), CLOCK)) {
      events.onStart(0, 100);
      events.onStep(Reports.step(1));
    }
    Path first = onlyFile();

    // when it resumes within the same second
    try (TensorBoardEvents events = new TensorBoardEvents(directory, Map.of(), CLOCK)) {
      events.onStart(40, 100);
    }

    // then
    List<Path> files = files();
    assertThat(files).hasSize(2).first().isEqualTo(first);
    Event start = decode(files.get(1)).get(1);
    assertThat(start.getSessionLog().getStatus()).isEqualTo(SessionLog.SessionStatus.START);
    assertThat(start.getStep()).isEqualTo(41);
  }

  @Test
  void hyperparametersAreATableOfTheTextPlugin() throws IOException {
    try (TensorBoardEvents events =
        new TensorBoardEvents(directory, Map.of("target|modules", "query\nvalue"), CLOCK)) {
      events.onStart(0, 100);
    }

    var value = decode(onlyFile()).get(2).getSummary().getValue(0);
    assertThat(value.getMetadata().getPluginData().getPluginName()).isEqualTo("text");
    assertThat(value.getTensor().getStringVal(0).toStringUtf8())
        .isEqualTo("| setting | value |\n| --- | --- |\n| target\\|modules | query value |\n");
  }

  @Test
  void aDirectoryThatIsAFileIsNamed() throws IOException {
    Path file = directory.resolve("file");
    Files.writeString(file, "");
    try (TensorBoardEvents events = new TensorBoardEvents(file)) {
      assertThatThrownBy(() -> events.onStart(0, 100))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("cannot write the TensorBoard events to " + file);
    }
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  private Path onlyFile() throws IOException {
    assertThat(files()).hasSize(1);
    Path file = files().get(0);
    assertThat(file.getFileName().toString()).startsWith("events.out.tfevents.1700000000.");
    return file;
  }

  private static List<Event> decode(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] data = new byte[(int) bytes.getLong()];
      bytes.getInt();
      bytes.get(data);
      bytes.getInt();
      events.add(Event.parseFrom(data));
    }
    return events;
  }
}
