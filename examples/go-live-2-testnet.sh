npx valvulin run --config testnet.yaml --yes-live
npx valvulin status --config testnet.yaml
npx valvulin orders --config testnet.yaml
npx valvulin positions --config testnet.yaml
npx valvulin replay 1 --config testnet.yaml
npx valvulin compare 1 --config testnet.yaml
