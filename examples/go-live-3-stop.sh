npx valvulin halt --config testnet.yaml --why "news"   # sends nothing but what protects positions
npx valvulin resume --config testnet.yaml
npx valvulin flatten --config testnet.yaml             # leaves every position
npx valvulin kill --config testnet.yaml --yes          # without the engine: cancels entries at the exchange
