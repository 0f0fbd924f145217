"""Every model on the same candles: what each earns after costs, against chance, with all tries counted."""
