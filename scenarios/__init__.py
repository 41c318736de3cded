"""The demonstration district: a seeded, synthetic district in the shape of Jinshan, all figures in one file."""
