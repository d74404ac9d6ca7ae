package dev.loraplus.samples.paper.commonsense;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScoredQuestionTest {
  @Test
  void lengthDecidesByCharacterAndNotBySum() {
    // given a short option at -2 and one of ten times the characters at -6
    ScoredQuestion question =
        new ScoredQuestion(1, new double[] {-2, -6}, new int[] {1, 4}, new int[] {2, 20});

    // then -1 a character against -0.3
    assertThat(question.rightBySum()).isFalse();
    assertThat(question.rightByCharacter()).isTrue();
  }
}
