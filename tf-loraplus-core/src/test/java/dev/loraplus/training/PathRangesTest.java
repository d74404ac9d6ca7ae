package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PathRangesTest {
  @Test
  void layersBecomeRanges() {
    assertThat(PathRanges.of(List.of("h.0.attn", "h.1.attn", "h.2.attn", "h.5.attn")))
        .isEqualTo("h.[0-2,5].attn");
  }

  @Test
  void modulesStayApart() {
    assertThat(PathRanges.of(List.of("h.0.query", "h.0.value", "h.1.query", "head")))
        .isEqualTo("h.[0-1].query, h.0.value, head");
  }
}
