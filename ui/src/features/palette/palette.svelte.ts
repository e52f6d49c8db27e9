// Whether the palette is open.
class PaletteState {
  open = $state(false);

  toggle(): void {
    this.open = !this.open;
  }
}

export const palette = new PaletteState();
