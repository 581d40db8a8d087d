"""Pages for anybody: who takes part and where, numbers, questions, and how it is kept safe."""
