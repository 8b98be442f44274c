npx valvulin run --config paper.yaml          # until Ctrl+C
npx valvulin trades --config paper.yaml
npx valvulin replay 1 --config paper.yaml     # every command again, byte for byte
npx valvulin compare 1 --config paper.yaml    # against a backtest of the same bars
npx valvulin paper reset --config paper.yaml  # puts the account away, to begin anew
